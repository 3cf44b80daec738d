package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The transforms of a {@link WinogradTile} as one matrix product each, by OpenBLAS, until the
 * vector loops are compiled; then those. With the rows of a tile put one behind the other, Bᵀ d B is
 * (Bᵀ ⊗ Bᵀ) d, and Aᵀ m A is (Aᵀ ⊗ Aᵀ) m.
 *
 * <p>Sums have up to 16 terms here where the loops have four and four: the bound of {@link
 * Winograd} holds with γ<sub>C + 48</sub>.
 */
final class ColdWinograd implements WinogradTransforms {
    private static final WarmUp F2 = new WarmUp(arena -> loops(WinogradTile.F2, arena));
    private static final WarmUp F4 = new WarmUp(arena -> loops(WinogradTile.F4, arena));

    /** Channels of a tile in the warm-up. */
    private static final int CHANNELS = 128;

    /** Tiles of a run of the warm-up. */
    private static final int TILES = 20;

    /** Nanoseconds of a vector of a position: a hundredth of it compiled, some 50 before. */
    private static final double QUICK = 10;

    private final WarmUp warmUp;
    private final WinogradTransforms loops;
    private final int inputs;
    private final int outputs;
    private final MemorySegment inputMatrix;
    private final MemorySegment outputMatrix;

    ColdWinograd(WinogradTile tile) {
        this.warmUp = tile == WinogradTile.F2 ? F2 : F4;
        this.loops = WinogradTransforms.vector(tile);
        this.inputs = tile.inputs();
        this.outputs = tile.outputs();
        float[] input = new float[inputs * inputs];
        float[] output = new float[outputs * inputs];
        for (int column = 0; column < inputs; column++) {
            for (int row = 0; row < inputs; row++) {
                input[row * inputs + column] = (float) tile.input(row, column);
            }
            for (int row = 0; row < outputs; row++) {
                output[row * inputs + column] = (float) tile.output(row, column);
            }
        }
        this.inputMatrix = squared(input, inputs, inputs);
        this.outputMatrix = squared(output, outputs, inputs);
    }

    /** M ⊗ M, (rows · rows) × (columns · columns). */
    private static MemorySegment squared(float[] matrix, int rows, int columns) {
        float[] product = new float[matrix.length * matrix.length];
        int at = 0;
        for (int i = 0; i < rows * rows; i++) {
            for (int j = 0; j < columns * columns; j++) {
                float outer = matrix[i / rows * columns + j / columns];
                product[at++] = outer * matrix[i % rows * columns + j % columns];
            }
        }
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, product);
    }

    @Override
    public int lanes() {
        return loops.lanes();
    }

    @Override
    public void input(
            MemorySegment x,
            long at,
            long rowStep,
            long pixelStep,
            int channels,
            MemorySegment v,
            long vAt,
            long step,
            MemorySegment between,
            long betweenAt) {
        if (!warmUp.isCold()) {
            loops.input(
                    x, at, rowStep, pixelStep, channels, v, vAt, step, between, betweenAt);
            return;
        }
        inputByOpenBlas(x, at, rowStep, pixelStep, channels, v, vAt, step);
    }

    /** {@link #input} while the loops are not compiled. */
    void inputByOpenBlas(
            MemorySegment x,
            long at,
            long rowStep,
            long pixelStep,
            int channels,
            MemorySegment v,
            long vAt,
            long step) {
        try (Arena arena = Arena.ofConfined()) {
            int positions = inputs * inputs;
            MemorySegment tile = arena.allocate((long) positions * channels * Float.BYTES, 64);
            boolean dense = pixelStep == channels;
            for (int i = 0; i < inputs; i++) {
                long from = (at + i * rowStep) * Float.BYTES;
                long to = (long) i * inputs * channels * Float.BYTES;
                int runs = dense ? 1 : inputs;
                long bytes = (long) (dense ? inputs : 1) * channels * Float.BYTES;
                for (int j = 0; j < runs; j++) {
                    long pixel = j * pixelStep * Float.BYTES;
                    MemorySegment.copy(x, from + pixel, tile, to + j * bytes, bytes);
                }
            }
            multiply(positions, channels, positions, inputMatrix, tile, 0, channels, v, vAt, step);
        }
    }

    private static void multiply(
            long rows,
            long columns,
            long depth,
            MemorySegment matrix,
            MemorySegment b,
            long bAt,
            long bStep,
            MemorySegment c,
            long cAt,
            long cStep) {
        Blas.openBlas()
                .sgemm(
                        Transpose.NO_TRANSPOSE,
                        Transpose.NO_TRANSPOSE,
                        rows,
                        columns,
                        depth,
                        1,
                        matrix,
                        0,
                        depth,
                        b,
                        bAt,
                        bStep,
                        0,
                        c,
                        cAt,
                        cStep);
    }

    @Override
    public void output(
            MemorySegment m,
            long mAt,
            long step,
            int channels,
            Epilogue epilogue,
            long first,
            MemorySegment residual,
            long residualAt,
            long residualRowStep,
            long residualPixelStep,
            MemorySegment y,
            long yAt,
            long yRowStep,
            long yPixelStep,
            MemorySegment between,
            long betweenAt) {
        if (!warmUp.isCold()) {
            loops.output(
                    m,
                    mAt,
                    step,
                    channels,
                    epilogue,
                    first,
                    residual,
                    residualAt,
                    residualRowStep,
                    residualPixelStep,
                    y,
                    yAt,
                    yRowStep,
                    yPixelStep,
                    between,
                    betweenAt);
            return;
        }
        outputByOpenBlas(
                m,
                mAt,
                step,
                channels,
                epilogue,
                first,
                residual,
                residualAt,
                residualRowStep,
                residualPixelStep,
                y,
                yAt,
                yRowStep,
                yPixelStep);
    }

    /** {@link #output} while the loops are not compiled. */
    void outputByOpenBlas(
            MemorySegment m,
            long mAt,
            long step,
            int channels,
            Epilogue epilogue,
            long first,
            MemorySegment residual,
            long residualAt,
            long residualRowStep,
            long residualPixelStep,
            MemorySegment y,
            long yAt,
            long yRowStep,
            long yPixelStep) {
        long pixels = (long) outputs * outputs;
        float[] sums = new float[Math.toIntExact(pixels * channels)];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tile = arena.allocate(pixels * channels * Float.BYTES, 64);
            multiply(
                    pixels,
                    channels,
                    (long) inputs * inputs,
                    outputMatrix,
                    m,
                    mAt,
                    step,
                    tile,
                    0,
                    channels);
            MemorySegment.copy(tile, ValueLayout.JAVA_FLOAT, 0, sums, 0, sums.length);
        }
        for (int pixel = 0; pixel < pixels; pixel++) {
            int shift = Math.toIntExact(first);
            Epilogue.add(sums, pixel * channels, epilogue.biasValues, shift, channels);
        }
        if (residualRowStep != 0 || residualPixelStep != 0) {
            float[] added = new float[sums.length];
            for (int pixel = 0; pixel < pixels; pixel++) {
                long row = residualAt + pixel / outputs * residualRowStep;
                long from = (row + pixel % outputs * residualPixelStep) * Float.BYTES;
                MemorySegment.copy(
                        residual,
                        ValueLayout.JAVA_FLOAT,
                        from,
                        added,
                        pixel * channels,
                        channels);
            }
            Epilogue.add(sums, 0, added, 0, sums.length);
        }
        Epilogue.clamp(sums, sums.length, epilogue.low, epilogue.high);
        for (int pixel = 0; pixel < pixels; pixel++) {
            long row = yAt + pixel / outputs * yRowStep;
            long to = (row + pixel % outputs * yPixelStep) * Float.BYTES;
            MemorySegment.copy(
                    sums, pixel * channels, y, ValueLayout.JAVA_FLOAT, to, channels);
        }
    }

    private static List<WarmUp.Loop> loops(WinogradTile tile, Arena arena) {
        WinogradTransforms loops = WinogradTransforms.vector(tile);
        int size = tile.inputs();
        int outs = tile.outputs();
        long pixels = (long) size * size * CHANNELS;
        MemorySegment x = arena.allocate(pixels * Float.BYTES, 64);
        MemorySegment v = arena.allocate(pixels * Float.BYTES, 64);
        MemorySegment between = arena.allocate((long) BETWEEN * Float.BYTES, 64);
        Epilogue epilogue = new Epilogue(null, 0, CHANNELS, Activation.RELU, arena);
        double nanos = QUICK * TILES * pixels / loops.lanes();
        Runnable input =
                () -> {
                    for (int i = 0; i < TILES; i++) {
                        loops.input(
                                x, 0, (long) size * CHANNELS, CHANNELS, CHANNELS, v, 0, CHANNELS,
                                between, 0);
                    }
                };
        Runnable output =
                () -> {
                    for (int i = 0; i < TILES; i++) {
                        loops.output(
                                v, 0, CHANNELS, CHANNELS, epilogue, 0, x, 0, 0, 0, x, 0,
                                (long) outs * CHANNELS, CHANNELS, between, 0);
                    }
                };
        return List.of(new WarmUp.Loop(nanos, input), new WarmUp.Loop(nanos, output));
    }
}
