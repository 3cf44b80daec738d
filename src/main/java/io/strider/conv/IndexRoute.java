package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Objects;

/**
 * Convolution as the first reference script writes it: the whole matrix of patches by index, one
 * product for each group, and col2im for the gradient of the input. It is there to be read and to
 * be compared with; {@link Conv2d} computes the same without the whole matrix.
 *
 * <p>Thread-safe. The matrix lives off-heap for the length of a call.
 */
public final class IndexRoute {
    private IndexRoute() {}

    /**
     * y = W·im2col(x), with W the weights as outputs × products.
     *
     * @param x N×C×H×W, not modified
     * @param weight O×C/groups×kernelHeight×kernelWidth, not modified
     * @param arena where y is allocated
     * @return y, N×O×outHeight×outWidth
     */
    public static Tensor forward(
            Conv2dGeometry geometry, Tensor x, Tensor weight, Blas blas, Arena arena) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(blas, "blas");
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("weight", weight, geometry.weightShape(), geometry);
        try (Arena scratch = Arena.ofConfined()) {
            Tensor patches = Im2col.matrix(geometry, x, scratch);
            Tensor product = Tensor.zeros(scratch, geometry.outChannels(), patches.size(1));
            Tensor filters = rows(weight, scratch);
            for (long g = 0; g < geometry.groups(); g++) {
                multiply(
                        blas,
                        outputs(geometry, filters, g),
                        Transpose.NO_TRANSPOSE,
                        products(geometry, patches, g),
                        Transpose.NO_TRANSPOSE,
                        outputs(geometry, product, g));
            }
            return fromColumns(geometry, product).contiguous(arena);
        }
    }

    /**
     * gw = gy·im2col(x)ᵀ, with gy as outputs × columns.
     *
     * @param x N×C×H×W, not modified
     * @param gy N×O×outHeight×outWidth, not modified
     * @param arena where gw is allocated
     * @return gw, O×C/groups×kernelHeight×kernelWidth
     */
    public static Tensor backwardWeight(
            Conv2dGeometry geometry, Tensor x, Tensor gy, Blas blas, Arena arena) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(blas, "blas");
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("gy", gy, geometry.outputShape(), geometry);
        try (Arena scratch = Arena.ofConfined()) {
            Tensor patches = Im2col.matrix(geometry, x, scratch);
            Tensor gradient = toColumns(geometry, gy, scratch);
            Tensor gw = Tensor.zeros(arena, geometry.weightShape());
            Tensor filters = gw.reshape(gw.size(0), geometry.productsPerOutput());
            for (long g = 0; g < geometry.groups(); g++) {
                multiply(
                        blas,
                        outputs(geometry, gradient, g),
                        Transpose.NO_TRANSPOSE,
                        products(geometry, patches, g),
                        Transpose.TRANSPOSE,
                        outputs(geometry, filters, g));
            }
            return gw;
        }
    }

    /**
     * gx = col2im(Wᵀ·gy).
     *
     * @param weight O×C/groups×kernelHeight×kernelWidth, not modified
     * @param gy N×O×outHeight×outWidth, not modified
     * @param arena where gx is allocated
     * @return gx, N×C×H×W
     */
    public static Tensor backwardInput(
            Conv2dGeometry geometry, Tensor weight, Tensor gy, Blas blas, Arena arena) {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(blas, "blas");
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("weight", weight, geometry.weightShape(), geometry);
        Shapes.requireInput("gy", gy, geometry.outputShape(), geometry);
        try (Arena scratch = Arena.ofConfined()) {
            Tensor gradient = toColumns(geometry, gy, scratch);
            Tensor filters = rows(weight, scratch);
            Tensor patches = Tensor.zeros(scratch, Im2col.matrixShape(geometry));
            for (long g = 0; g < geometry.groups(); g++) {
                multiply(
                        blas,
                        outputs(geometry, filters, g),
                        Transpose.TRANSPOSE,
                        outputs(geometry, gradient, g),
                        Transpose.NO_TRANSPOSE,
                        products(geometry, patches, g));
            }
            Tensor gx = Tensor.zeros(arena, geometry.inputShape());
            Col2im.accumulate(geometry, patches, gx);
            return gx;
        }
    }

    /** The weights as outputs × products. */
    private static Tensor rows(Tensor weight, Arena scratch) {
        return weight.contiguous(scratch)
                .reshape(weight.size(0), weight.size(1) * weight.size(2) * weight.size(3));
    }

    /** N×O×outHeight×outWidth as outputs × columns, positions major and images minor. */
    private static Tensor toColumns(Conv2dGeometry geometry, Tensor gy, Arena scratch) {
        return gy.permute(1, 2, 3, 0)
                .contiguous(scratch)
                .reshape(geometry.outChannels(), geometry.positions() * geometry.batch());
    }

    /** The way back from {@link #toColumns}, as a view. */
    private static Tensor fromColumns(Conv2dGeometry geometry, Tensor columns) {
        return columns.reshape(
                        geometry.outChannels(),
                        geometry.outHeight(),
                        geometry.outWidth(),
                        geometry.batch())
                .permute(3, 0, 1, 2);
    }

    private static Tensor outputs(Conv2dGeometry geometry, Tensor matrix, long group) {
        long size = geometry.outChannelsPerGroup();
        return matrix.slice(0, group * size, (group + 1) * size);
    }

    private static Tensor products(Conv2dGeometry geometry, Tensor matrix, long group) {
        long size = geometry.productsPerOutput();
        return matrix.slice(0, group * size, (group + 1) * size);
    }

    /** c = op(a)·op(b) for row-major tensors of rank 2. */
    static void multiply(
            Blas blas, Tensor a, Transpose transA, Tensor b, Transpose transB, Tensor c) {
        blas.sgemm(
                transA,
                transB,
                c.size(0),
                c.size(1),
                transA == Transpose.NO_TRANSPOSE ? a.size(1) : a.size(0),
                1,
                a.segment(),
                a.offset(),
                Math.max(1, a.size(1)),
                b.segment(),
                b.offset(),
                Math.max(1, b.size(1)),
                0,
                c.segment(),
                c.offset(),
                Math.max(1, c.size(1)));
    }
}
