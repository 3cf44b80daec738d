package io.strider.conv;

import io.strider.blas.Blas;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;

/**
 * The weights of a Winograd layer: U = G g Gᵀ, in double precision, rounded to float at the end.
 * Panel by panel of outputs, so that every loop runs over outputs that lie side by side, on arrays.
 */
final class WinogradWeights {
    private static final int TAPS = 3;

    private final WinogradTile tile;
    private final int channels;

    /** g of one channel, tap by tap. */
    private final double[][] windows;

    /** G g, row by row. */
    private final double[][] columns;

    /** U of a panel, position by position. */
    private final float[][] panels;

    private WinogradWeights(WinogradTile tile, int channels, int pitch) {
        this.tile = tile;
        this.channels = channels;
        this.windows = new double[TAPS * TAPS][pitch];
        this.columns = new double[tile.inputs() * TAPS][pitch];
        this.panels = new float[tile.positions()][Math.multiplyExact(channels, pitch)];
    }

    /** A packed C × outputs matrix for each group and position, groups outermost. */
    static PackedGemm[] pack(
            WinogradBlocking blocking, Filters filters, Blas blas, SegmentAllocator allocator) {
        int positions = blocking.tile().positions();
        int channels = Math.toIntExact(blocking.inChannels());
        PackedGemm[] packed = new PackedGemm[blocking.groups() * positions];
        WinogradWeights transform = null;
        for (int group = 0; group < blocking.groups(); group++) {
            for (int i = group * positions; i < (group + 1) * positions; i++) {
                packed[i] =
                        PackedGemm.empty(
                                blocking.tiles(), channels, blocking.count(group), blas, allocator);
            }
            PackedGemm cut = packed[group * positions]; // all are cut alike
            if (transform == null) {
                int widest = 0;
                for (int panel = 0; panel < cut.panels(); panel++) {
                    widest = Math.max(widest, cut.pitch(panel));
                }
                transform = new WinogradWeights(blocking.tile(), channels, widest);
            }
            for (int panel = 0; panel < cut.panels(); panel++) {
                int outputs = cut.count(panel);
                long first = blocking.first(group) + cut.firstColumn(panel);
                transform.panel(filters, first, outputs, cut.pitch(panel));
                for (int position = 0; position < positions; position++) {
                    packed[group * positions + position].set(panel, transform.panels[position]);
                }
            }
        }
        return packed;
    }

    private void panel(Filters filters, long first, int outputs, int pitch) {
        float[] raw = filters.load(first, outputs);
        for (double[] window : windows) {
            Arrays.fill(window, 0);
        }
        for (int c = 0; c < channels; c++) {
            for (int tap = 0; tap < TAPS * TAPS; tap++) {
                gather(raw, c * TAPS * TAPS + tap, filters.pitch(), windows[tap], outputs);
            }
            for (int i = 0; i < tile.inputs(); i++) {
                for (int j = 0; j < TAPS; j++) {
                    sum(
                            columns[i * TAPS + j],
                            pitch,
                            tile.weight(i, 0),
                            windows[j],
                            tile.weight(i, 1),
                            windows[TAPS + j],
                            tile.weight(i, 2),
                            windows[2 * TAPS + j]);
                }
            }
            for (int position = 0; position < tile.positions(); position++) {
                int i = position / tile.inputs() * TAPS;
                int j = position % tile.inputs();
                roundedSum(
                        panels[position],
                        c * pitch,
                        pitch,
                        tile.weight(j, 0),
                        columns[i],
                        tile.weight(j, 1),
                        columns[i + 1],
                        tile.weight(j, 2),
                        columns[i + 2]);
            }
        }
    }

    private static void gather(float[] from, int at, int step, double[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = from[at + i * step];
        }
    }

    /** to = f·x + g·y + h·z. */
    private static void sum(
            double[] to,
            int count,
            double f,
            double[] x,
            double g,
            double[] y,
            double h,
            double[] z) {
        for (int i = 0; i < count; i++) {
            to[i] = f * x[i] + g * y[i] + h * z[i];
        }
    }

    /** The same, rounded. */
    private static void roundedSum(
            float[] to,
            int at,
            int count,
            double f,
            double[] x,
            double g,
            double[] y,
            double h,
            double[] z) {
        for (int i = 0; i < count; i++) {
            to[at + i] = (float) (f * x[i] + g * y[i] + h * z[i]);
        }
    }
}
