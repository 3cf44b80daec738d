package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The transforms of a {@link WinogradTile} as one matrix product each: with the rows of a tile put
 * one behind the other, Bᵀ d B is (Bᵀ ⊗ Bᵀ) d, and Aᵀ m A is (Aᵀ ⊗ Aᵀ) m. Several times the
 * operations of the loops, but quick in a process that has compiled nothing yet.
 *
 * <p>Sums have up to 16 terms here where the loops have four and four: the bound of {@link
 * Winograd} holds with γ<sub>C + 48</sub>.
 */
final class BlasWinograd implements WinogradTransforms {
    private final int lanes;
    private final int inputs;
    private final int outputs;
    private final MemorySegment inputMatrix;
    private final MemorySegment outputMatrix;

    /** Of a tile, for channels in multiples of {@code lanes}. */
    BlasWinograd(WinogradTile tile, int lanes) {
        this.lanes = lanes;
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
        return lanes;
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
        float[] added = new float[sums.length];
        for (int pixel = 0; pixel < pixels; pixel++) {
            long row = residualAt + pixel / outputs * residualRowStep;
            long from = (row + pixel % outputs * residualPixelStep) * Float.BYTES;
            MemorySegment.copy(
                    residual, ValueLayout.JAVA_FLOAT, from, added, pixel * channels, channels);
        }
        Epilogue.add(sums, 0, added, 0, sums.length);
        Epilogue.clamp(sums, sums.length, epilogue.low, epilogue.high);
        for (int pixel = 0; pixel < pixels; pixel++) {
            long row = yAt + pixel / outputs * yRowStep;
            long to = (row + pixel % outputs * yPixelStep) * Float.BYTES;
            MemorySegment.copy(sums, pixel * channels, y, ValueLayout.JAVA_FLOAT, to, channels);
        }
    }
}
