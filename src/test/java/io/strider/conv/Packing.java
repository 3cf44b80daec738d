package io.strider.conv;

import java.lang.foreign.MemorySegment;

/** Brings matrices into {@link Panels} element by element. */
final class Packing {
    private Packing() {}

    /**
     * Brings B in, whose element (k, n) stands at index {@code at + k·rowStep + n·columnStep}.
     *
     * @return the panels
     */
    static <P extends Panels> P fill(
            P panels, long depth, MemorySegment b, long at, long rowStep, long columnStep) {
        for (int panel = 0; panel < panels.panels(); panel++) {
            int pitch = panels.pitch(panel);
            float[] values = new float[Math.toIntExact(depth * pitch)];
            for (int i = 0; i < values.length; i++) {
                if (i % pitch < panels.count(panel)) {
                    long column = panels.firstColumn(panel) + i % pitch;
                    values[i] = Runs.get(b, at + i / pitch * rowStep + column * columnStep);
                }
            }
            panels.set(panel, values);
        }
        return panels;
    }
}
