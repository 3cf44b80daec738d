package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#DIRECT}: the formulas as they stand in the books, one double-precision sum for
 * each element written. The oracle of the tests; nothing here is quick.
 */
final class DirectKernels implements Kernels {
    private final Conv2dGeometry geometry;

    DirectKernels(Conv2dGeometry geometry) {
        this.geometry = geometry;
    }

    @Override
    public void forward(Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long inPerGroup = geometry.inChannelsPerGroup();
        long outPerGroup = geometry.outChannelsPerGroup();
        for (long n = 0; n < geometry.batch(); n++) {
            for (long o = 0; o < geometry.outChannels(); o++) {
                long firstChannel = o / outPerGroup * inPerGroup;
                float start =
                        bias == null
                                ? 0
                                : Runs.get(bias.segment(), bias.offset() + o * bias.stride(0));
                for (long p = 0; p < height.output(); p++) {
                    for (long q = 0; q < width.output(); q++) {
                        double sum = start;
                        for (long i = 0; i < height.kernel(); i++) {
                            long row = height.at(p, i);
                            if (row < 0 || row >= height.input()) {
                                continue;
                            }
                            for (long j = 0; j < width.kernel(); j++) {
                                long column = width.at(q, j);
                                if (column < 0 || column >= width.input()) {
                                    continue;
                                }
                                sum +=
                                        dotOverChannels(
                                                inPerGroup,
                                                x,
                                                index(x, n, firstChannel, row, column),
                                                w,
                                                index(w, o, 0, i, j),
                                                1);
                            }
                        }
                        set(y, n, o, p, q, sum);
                    }
                }
            }
        }
    }

    @Override
    public void backwardInput(Tensor w, Tensor gy, Tensor gx) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long inPerGroup = geometry.inChannelsPerGroup();
        long outPerGroup = geometry.outChannelsPerGroup();
        for (long n = 0; n < geometry.batch(); n++) {
            for (long c = 0; c < geometry.inChannels(); c++) {
                long firstOutput = c / inPerGroup * outPerGroup;
                long channel = c % inPerGroup;
                for (long row = 0; row < height.input(); row++) {
                    for (long column = 0; column < width.input(); column++) {
                        double sum = 0;
                        for (long i = 0; i < height.kernel(); i++) {
                            long p = window(height, row, i);
                            if (p < 0) {
                                continue;
                            }
                            for (long j = 0; j < width.kernel(); j++) {
                                long q = window(width, column, j);
                                if (q < 0) {
                                    continue;
                                }
                                sum +=
                                        dotOverChannels(
                                                outPerGroup,
                                                gy,
                                                index(gy, n, firstOutput, p, q),
                                                w,
                                                index(w, firstOutput, channel, i, j),
                                                0);
                            }
                        }
                        set(gx, n, c, row, column, sum);
                    }
                }
            }
        }
    }

    @Override
    public void backwardWeight(Tensor x, Tensor gy, Tensor gw) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long inPerGroup = geometry.inChannelsPerGroup();
        long outPerGroup = geometry.outChannelsPerGroup();
        for (long o = 0; o < geometry.outChannels(); o++) {
            long firstChannel = o / outPerGroup * inPerGroup;
            for (long c = 0; c < inPerGroup; c++) {
                for (long i = 0; i < height.kernel(); i++) {
                    for (long j = 0; j < width.kernel(); j++) {
                        double sum = 0;
                        for (long n = 0; n < geometry.batch(); n++) {
                            for (long p = height.firstInside(i); p < height.endInside(i); p++) {
                                long row = height.at(p, i);
                                for (long q = width.firstInside(j); q < width.endInside(j); q++) {
                                    long from = index(x, n, firstChannel + c, row, width.at(q, j));
                                    long gradient = index(gy, n, o, p, q);
                                    sum +=
                                            (double) x.segment().getAtIndex(JAVA_FLOAT, from)
                                                    * gy.segment().getAtIndex(JAVA_FLOAT, gradient);
                                }
                            }
                        }
                        set(gw, o, c, i, j, sum);
                    }
                }
            }
        }
    }

    /** The window whose tap {@code tap} lies on input element {@code element}, or −1. */
    private static long window(Axis axis, long element, long tap) {
        long distance = element + axis.before() - tap * axis.dilation();
        if (distance < 0 || distance % axis.stride() != 0) {
            return -1;
        }
        long window = distance / axis.stride();
        return window < axis.output() ? window : -1;
    }

    /** Σ of a·w over a's channels and dimension {@code weightDimension} of the weights. */
    private static double dotOverChannels(
            long channels, Tensor a, long aIndex, Tensor w, long wIndex, int weightDimension) {
        MemorySegment aSegment = a.segment();
        MemorySegment wSegment = w.segment();
        long aStride = a.stride(1);
        long wStride = w.stride(weightDimension);
        double sum = 0;
        for (long c = 0; c < channels; c++) {
            sum +=
                    (double) aSegment.getAtIndex(JAVA_FLOAT, aIndex + c * aStride)
                            * wSegment.getAtIndex(JAVA_FLOAT, wIndex + c * wStride);
        }
        return sum;
    }

    private static long index(Tensor t, long a, long b, long c, long d) {
        return t.offset() + a * t.stride(0) + b * t.stride(1) + c * t.stride(2) + d * t.stride(3);
    }

    private static void set(Tensor t, long a, long b, long c, long d, double value) {
        t.segment().setAtIndex(JAVA_FLOAT, index(t, a, b, c, d), (float) value);
    }
}
