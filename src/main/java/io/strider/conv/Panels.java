package io.strider.conv;

/**
 * A matrix B that is brought in as panels: a few of its columns each, all of its rows. Every panel
 * must be there before the first product; one thread brings them.
 */
interface Panels {
    /** How many there are. */
    int panels();

    /**
     * The first column of B that is in a panel; the number of columns for the one behind the last.
     */
    long firstColumn(int panel);

    /** How many columns of B are in a panel. */
    int count(int panel);

    /** Floats from row to row of a panel, its {@link #count} or a few more. */
    int pitch(int panel);

    /**
     * Brings a panel in.
     *
     * @param values row by row, {@link #pitch} floats each, zeros behind the columns; not kept
     */
    void set(int panel, float[] values);
}
