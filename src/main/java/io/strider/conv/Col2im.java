package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The adjoint of {@link Im2col}: every entry of a matrix of patches is added to the element of the
 * picture that im2col would have copied it from; entries of the padding are dropped. For all x and
 * c, ⟨im2col(x), c⟩ = ⟨x, col2im(c)⟩. Thread-safe.
 */
public final class Col2im {
    private Col2im() {}

    /**
     * gx += col2im(matrix).
     *
     * @param geometry the sizes
     * @param matrix (C·kernelHeight·kernelWidth) × (outHeight·outWidth·N) in the order of {@link
     *     Im2col}, not modified
     * @param gx N×C×H×W, added to
     * @throws IllegalArgumentException if a shape is not that of the geometry, or gx is read-only,
     *     overlaps itself or overlaps the matrix
     */
    public static void accumulate(Conv2dGeometry geometry, Tensor matrix, Tensor gx) {
        Objects.requireNonNull(geometry, "geometry");
        Shapes.requireInput("matrix", matrix, Im2col.matrixShape(geometry), geometry);
        Shapes.requireOutput("gx", gx, geometry.inputShape(), geometry);
        Shapes.requireApart("gx", gx, "matrix", matrix);
        MemorySegment from = matrix.segment();
        MemorySegment to = gx.segment();
        PatchMatrix.walk(
                geometry,
                gx,
                matrix,
                (at, element) -> {
                    if (element >= 0) {
                        float sum =
                                to.getAtIndex(JAVA_FLOAT, element)
                                        + from.getAtIndex(JAVA_FLOAT, at);
                        to.setAtIndex(JAVA_FLOAT, element, sum);
                    }
                });
    }
}
