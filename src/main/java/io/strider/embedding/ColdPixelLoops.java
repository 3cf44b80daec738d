package io.strider.embedding;

import io.strider.blas.WarmUp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link VectorPixelLoops}, and until those are compiled their plain twins. */
final class ColdPixelLoops implements PixelLoops {
    private static final PixelLoops PLAIN = new ScalarPixelLoops();

    private static final int WIDTH = 2048;
    private static final int NARROWED = 512;

    /** Nanoseconds a pixel: one compiled, hundreds before. */
    private static final double QUICK_COLOR = 4;

    private static final double QUICK_PIXEL = 20;

    private static final WarmUp COLORS = new WarmUp(_ -> colors());
    private static final WarmUp ROWS = new WarmUp(_ -> rows());

    /** Not touched by a start, which would have to link them. */
    private static final class Vectors {
        static final PixelLoops LOOPS = new VectorPixelLoops();
    }

    @Override
    public void yccToRgb(byte[] values) {
        (COLORS.isCold() ? PLAIN : Vectors.LOOPS).yccToRgb(values);
    }

    @Override
    public Narrowing narrowing(ResampleWeights across) {
        return new ColdNarrowing(across);
    }

    /** Plain until the loops are compiled. Two threads may both see that, and make the same. */
    private static final class ColdNarrowing implements Narrowing {
        private final ResampleWeights across;
        private volatile @Nullable Narrowing quick;

        ColdNarrowing(ResampleWeights across) {
            this.across = across;
        }

        @Override
        public void row(byte[] source, int start, int[] target, int at) {
            Narrowing chosen = quick;
            if (chosen == null && !ROWS.isCold()) {
                chosen = Vectors.LOOPS.narrowing(across);
                quick = chosen;
            }
            if (chosen == null) {
                ScalarPixelLoops.narrow(across, source, start, target, at);
            } else {
                chosen.row(source, start, target, at);
            }
        }
    }

    static List<WarmUp.Loop> colors() {
        byte[] values = new byte[Picture.CHANNELS * WIDTH];
        return List.of(new WarmUp.Loop(QUICK_COLOR * WIDTH, () -> Vectors.LOOPS.yccToRgb(values)));
    }

    static List<WarmUp.Loop> rows() {
        byte[] row = new byte[2 * Picture.CHANNELS * WIDTH];
        int[] target = new int[Picture.CHANNELS * NARROWED];
        Narrowing narrowing =
                Vectors.LOOPS.narrowing(
                        ResampleWeights.of(WIDTH, NARROWED, Interpolation.BILINEAR, 0, NARROWED));
        return List.of(
                new WarmUp.Loop(QUICK_PIXEL * NARROWED, () -> narrowing.row(row, 0, target, 0)));
    }
}
