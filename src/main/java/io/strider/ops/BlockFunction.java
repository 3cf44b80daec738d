package io.strider.ops;

/** A computation on short arrays. Stateless. */
@FunctionalInterface
interface BlockFunction {
    /**
     * Computes the first {@code count} elements.
     *
     * @param blocks one array an operand; the result overwrites the first. At least one more is
     *     scratch, all are {@link Blocks#SIZE} long
     */
    void apply(float[][] blocks, int count);
}
