package io.strider.conv;

import io.strider.tensor.Tensor;

/** The index arithmetic of {@link Im2col} and {@link Col2im}, which are each other's adjoint. */
final class PatchMatrix {

    /** Is shown each entry of the matrix and the element of the picture behind it. */
    interface Visitor {
        /**
         * Visits one entry.
         *
         * @param matrixIndex index of the entry in the matrix's segment
         * @param imageIndex index of the element in the picture's segment, −1 in the padding
         */
        void visit(long matrixIndex, long imageIndex);
    }

    private PatchMatrix() {}

    static void walk(Conv2dGeometry geometry, Tensor image, Tensor matrix, Visitor visitor) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long rowStride = matrix.stride(0);
        long columnStride = matrix.stride(1);
        long row = matrix.offset();
        for (long c = 0; c < geometry.inChannels(); c++) {
            for (long i = 0; i < height.kernel(); i++) {
                for (long j = 0; j < width.kernel(); j++) {
                    long entry = row;
                    for (long p = 0; p < height.output(); p++) {
                        for (long q = 0; q < width.output(); q++) {
                            long y = height.at(p, i);
                            long x = width.at(q, j);
                            boolean inside =
                                    y >= 0 && y < height.input() && x >= 0 && x < width.input();
                            long element =
                                    image.offset()
                                            + c * image.stride(1)
                                            + y * image.stride(2)
                                            + x * image.stride(3);
                            for (long n = 0; n < geometry.batch(); n++) {
                                visitor.visit(entry, inside ? element + n * image.stride(0) : -1);
                                entry += columnStride;
                            }
                        }
                    }
                    row += rowStride;
                }
            }
        }
    }
}
