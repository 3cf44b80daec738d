package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Objects;

/**
 * The whole matrix of patches, (C·kernelHeight·kernelWidth) × (outHeight·outWidth·N): one row a tap
 * of a channel, one column a window, positions major and images minor:
 *
 * <pre>
 *   matrix[(c·kernelHeight + i)·kernelWidth + j, (p·outWidth + q)·N + n]
 *       = x[n, c, p·strideHeight + i·dilationHeight − top, q·strideWidth + j·dilationWidth − left]
 * </pre>
 *
 * <p>This is the readable truth behind {@link Algorithm#IM2COL}, which never builds the matrix. The
 * matrix holds the rows of all groups. Thread-safe.
 */
public final class Im2col {
    private Im2col() {}

    /**
     * The matrix of patches of {@code x} in a new tensor.
     *
     * @param geometry the sizes
     * @param x input, N×C×H×W, not modified
     * @param arena where the matrix is allocated
     * @throws IllegalArgumentException if x has not the shape of the geometry
     */
    public static Tensor matrix(Conv2dGeometry geometry, Tensor x, Arena arena) {
        requireInput(geometry, x);
        Tensor matrix = Tensor.zeros(arena, matrixShape(geometry));
        write(geometry, x, matrix);
        return matrix;
    }

    /**
     * Writes the matrix of patches of {@code x}.
     *
     * @param geometry the sizes
     * @param x input, N×C×H×W, not modified
     * @param matrix (C·kernelHeight·kernelWidth) × (outHeight·outWidth·N), overwritten
     * @throws IllegalArgumentException if a shape is not that of the geometry, or the matrix is
     *     read-only, overlaps itself or overlaps x
     */
    public static void matrix(Conv2dGeometry geometry, Tensor x, Tensor matrix) {
        requireInput(geometry, x);
        Shapes.requireOutput("matrix", matrix, matrixShape(geometry), geometry);
        Shapes.requireApart("matrix", matrix, "x", x);
        write(geometry, x, matrix);
    }

    /** The shape of the matrix: {C·kernelHeight·kernelWidth, outHeight·outWidth·N}. */
    public static long[] matrixShape(Conv2dGeometry geometry) {
        Objects.requireNonNull(geometry, "geometry");
        return new long[] {
            geometry.inChannels() * geometry.kernelHeight() * geometry.kernelWidth(),
            geometry.positions() * geometry.batch()
        };
    }

    private static void requireInput(Conv2dGeometry geometry, Tensor x) {
        Objects.requireNonNull(geometry, "geometry");
        Shapes.requireInput("x", x, geometry.inputShape(), geometry);
    }

    private static void write(Conv2dGeometry geometry, Tensor x, Tensor matrix) {
        PatchMatrix.walk(
                geometry,
                x,
                matrix,
                (at, from) ->
                        matrix.segment()
                                .setAtIndex(
                                        JAVA_FLOAT,
                                        at,
                                        from < 0 ? 0 : x.segment().getAtIndex(JAVA_FLOAT, from)));
    }

    /**
     * The index triple of the first reference script: row r of the matrix takes channel {@code
     * k[r]}, and its entry for position s the element ({@code i[r][s]}, {@code j[r][s]}) of the
     * <em>padded</em> input.
     *
     * @param k channel of each row
     * @param i row in the padded input, for each row of the matrix and each position
     * @param j column in the padded input, likewise
     */
    @SuppressWarnings("ArrayRecordComponent") // the script's own form; nobody compares them
    public record Indices(long[] k, long[][] i, long[][] j) {}

    /**
     * The index triple (k, i, j).
     *
     * @throws IllegalArgumentException if rows or positions are more than an array can hold
     */
    public static Indices indices(Conv2dGeometry geometry) {
        int rows = arraySize("rows", matrixShape(geometry)[0]);
        int positions = arraySize("positions", geometry.positions());
        long[] k = new long[rows];
        long[][] i = new long[rows][positions];
        long[][] j = new long[rows][positions];
        long taps = geometry.kernelHeight() * geometry.kernelWidth();
        for (int row = 0; row < rows; row++) {
            k[row] = row / taps;
            long tapRow = row % taps / geometry.kernelWidth() * geometry.dilationHeight();
            long tapColumn = row % geometry.kernelWidth() * geometry.dilationWidth();
            for (int s = 0; s < positions; s++) {
                i[row][s] = tapRow + s / geometry.outWidth() * geometry.strideHeight();
                j[row][s] = tapColumn + s % geometry.outWidth() * geometry.strideWidth();
            }
        }
        return new Indices(k, i, j);
    }

    private static int arraySize(String name, long size) {
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    name + ": " + size + " (expected: at most " + (Integer.MAX_VALUE - 8) + ")");
        }
        return Math.toIntExact(size);
    }
}
