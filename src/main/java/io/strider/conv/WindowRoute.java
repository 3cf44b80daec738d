package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Objects;

/**
 * Convolution as the second reference script writes it: the patches are a strided view (NumPy's
 * {@code as_strided}) of the input, y and gw are contractions over that view, and gx is accumulated
 * one output position at a time. For one group and an input without padding.
 *
 * <p>Thread-safe. Temporary copies live off-heap for the length of a call.
 */
public final class WindowRoute {
    private WindowRoute() {}

    /**
     * The six-dimensional view C×kernelHeight×kernelWidth×N×outHeight×outWidth of all windows. It
     * shares the memory of x and copies nothing: neighbouring windows show the same elements.
     *
     * @param x N×C×H×W, any strides
     * @throws IllegalArgumentException if the geometry has padding, which no view can show (copy x
     *     into a larger tensor of zeros first), or x has not its shape
     */
    public static Tensor view(Conv2dGeometry geometry, Tensor x) {
        Objects.requireNonNull(geometry, "geometry");
        Padding.Sides sides = geometry.padding();
        if (!sides.equals(Padding.NONE)) {
            throw new IllegalArgumentException(
                    "padding: %s (expected: none; a view cannot show zeros that are not there, so copy x into a larger tensor of zeros first)"
                            .formatted(sides));
        }
        Shapes.requireInput("x", x, geometry.inputShape(), geometry);
        return x.asStrided(
                new long[] {
                    geometry.inChannels(),
                    geometry.kernelHeight(),
                    geometry.kernelWidth(),
                    geometry.batch(),
                    geometry.outHeight(),
                    geometry.outWidth()
                },
                new long[] {
                    x.stride(1),
                    geometry.dilationHeight() * x.stride(2),
                    geometry.dilationWidth() * x.stride(3),
                    x.stride(0),
                    geometry.strideHeight() * x.stride(2),
                    geometry.strideWidth() * x.stride(3)
                },
                x.offset());
    }

    /**
     * y[n, o, p, q] = Σ over c, i, j of weight[o, c, i, j] · view[c, i, j, n, p, q], NumPy's {@code
     * tensordot(weight, view, 3)} with the batch moved to the front.
     *
     * @param x N×C×H×W, not modified
     * @param weight O×C×kernelHeight×kernelWidth, not modified
     * @param arena where y is allocated
     * @return y, N×O×outHeight×outWidth
     */
    public static Tensor forward(
            Conv2dGeometry geometry, Tensor x, Tensor weight, Blas blas, Arena arena) {
        requireOneGroup(geometry);
        Objects.requireNonNull(blas, "blas");
        Objects.requireNonNull(arena, "arena");
        Tensor windows = view(geometry, x);
        Shapes.requireInput("weight", weight, geometry.weightShape(), geometry);
        try (Arena scratch = Arena.ofConfined()) {
            Tensor products = matrix(windows, 3, scratch);
            Tensor filters = matrix(weight, 1, scratch);
            Tensor y = Tensor.zeros(scratch, geometry.outChannels(), products.size(1));
            IndexRoute.multiply(
                    blas, filters, Transpose.NO_TRANSPOSE, products, Transpose.NO_TRANSPOSE, y);
            return y.reshape(
                            geometry.outChannels(),
                            geometry.batch(),
                            geometry.outHeight(),
                            geometry.outWidth())
                    .permute(1, 0, 2, 3)
                    .contiguous(arena);
        }
    }

    /**
     * gw[o, c, i, j] = Σ over n, p, q of gy[n, o, p, q] · view[c, i, j, n, p, q].
     *
     * @param x N×C×H×W, not modified
     * @param gy N×O×outHeight×outWidth, not modified
     * @param arena where gw is allocated
     * @return gw, O×C×kernelHeight×kernelWidth
     */
    public static Tensor backwardWeight(
            Conv2dGeometry geometry, Tensor x, Tensor gy, Blas blas, Arena arena) {
        requireOneGroup(geometry);
        Objects.requireNonNull(blas, "blas");
        Objects.requireNonNull(arena, "arena");
        Tensor windows = view(geometry, x);
        Shapes.requireInput("gy", gy, geometry.outputShape(), geometry);
        try (Arena scratch = Arena.ofConfined()) {
            Tensor products = matrix(windows, 3, scratch);
            Tensor gradient = matrix(gy.permute(1, 0, 2, 3), 1, scratch);
            Tensor gw = Tensor.zeros(arena, geometry.weightShape());
            IndexRoute.multiply(
                    blas,
                    gradient,
                    Transpose.NO_TRANSPOSE,
                    products,
                    Transpose.TRANSPOSE,
                    gw.reshape(gw.size(0), geometry.productsPerOutput()));
            return gw;
        }
    }

    /**
     * For each output position: the windows there of gx, N×C×kernelHeight×kernelWidth, += gy[:, :,
     * p, q] · weight, contracted over the output channels.
     *
     * @param weight O×C×kernelHeight×kernelWidth, not modified
     * @param gy N×O×outHeight×outWidth, not modified
     * @param arena where gx is allocated
     * @return gx, N×C×H×W
     */
    public static Tensor backwardInput(
            Conv2dGeometry geometry, Tensor weight, Tensor gy, Blas blas, Arena arena) {
        requireOneGroup(geometry);
        Objects.requireNonNull(blas, "blas");
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("weight", weight, geometry.weightShape(), geometry);
        Shapes.requireInput("gy", gy, geometry.outputShape(), geometry);
        Tensor gx = Tensor.zeros(arena, geometry.inputShape());
        Tensor windows = view(geometry, gx);
        try (Arena scratch = Arena.ofConfined()) {
            Tensor filters = matrix(weight, 1, scratch);
            Tensor gradient = Tensor.zeros(scratch, geometry.batch(), geometry.outChannels());
            Tensor product = Tensor.zeros(scratch, geometry.batch(), geometry.productsPerOutput());
            Tensor patches =
                    product.reshape(
                            geometry.batch(),
                            geometry.inChannels(),
                            geometry.kernelHeight(),
                            geometry.kernelWidth());
            for (long p = 0; p < geometry.outHeight(); p++) {
                for (long q = 0; q < geometry.outWidth(); q++) {
                    gradient.copyFrom(gy.select(3, q).select(2, p));
                    IndexRoute.multiply(
                            blas,
                            gradient,
                            Transpose.NO_TRANSPOSE,
                            filters,
                            Transpose.NO_TRANSPOSE,
                            product);
                    // One position's windows share no element with each other: C×kh×kw×N.
                    Tensor here = windows.select(5, q).select(4, p).permute(3, 0, 1, 2);
                    add(patches, here);
                }
            }
        }
        return gx;
    }

    private static void add(Tensor from, Tensor to) {
        for (long n = 0; n < to.size(0); n++) {
            for (long c = 0; c < to.size(1); c++) {
                for (long i = 0; i < to.size(2); i++) {
                    Runs.add(
                            from.segment(),
                            from.offset()
                                    + n * from.stride(0)
                                    + c * from.stride(1)
                                    + i * from.stride(2),
                            to.segment(),
                            to.offset() + n * to.stride(0) + c * to.stride(1) + i * to.stride(2),
                            to.stride(3),
                            to.size(3));
                }
            }
        }
    }

    /** A row-major copy as a matrix: the first {@code rowDims} dimensions by the others. */
    private static Tensor matrix(Tensor t, int rowDims, Arena scratch) {
        long rows = 1;
        long columns = 1;
        for (int dim = 0; dim < t.rank(); dim++) {
            if (dim < rowDims) {
                rows *= t.size(dim);
            } else {
                columns *= t.size(dim);
            }
        }
        return t.contiguous(scratch).reshape(rows, columns);
    }

    private static void requireOneGroup(Conv2dGeometry geometry) {
        Objects.requireNonNull(geometry, "geometry");
        if (geometry.groups() != 1) {
            throw new IllegalArgumentException(
                    "groups: " + geometry.groups() + " (expected: 1 for the window route)");
        }
    }
}
