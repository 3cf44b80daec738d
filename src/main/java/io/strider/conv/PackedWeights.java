package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** One group's weights as a dense outputs × products matrix in a tile's tap order. */
final class PackedWeights {
    private PackedWeights() {}

    /** Copies the weights of {@code group} to index {@code at} of {@code packed}. */
    static void pack(
            Conv2dGeometry geometry,
            TapOrder order,
            Tensor w,
            long group,
            MemorySegment packed,
            long at) {
        walk(true, geometry, order, w, group, packed, at);
    }

    /** The way back: overwrites the weights of {@code group}. */
    static void unpack(
            Conv2dGeometry geometry,
            TapOrder order,
            MemorySegment packed,
            long at,
            Tensor w,
            long group) {
        walk(false, geometry, order, w, group, packed, at);
    }

    private static void walk(
            boolean pack,
            Conv2dGeometry geometry,
            TapOrder order,
            Tensor w,
            long group,
            MemorySegment packed,
            long at) {
        long outputs = geometry.outChannelsPerGroup();
        long channels = geometry.inChannelsPerGroup();
        long height = geometry.kernelHeight();
        long width = geometry.kernelWidth();
        boolean last = order == TapOrder.CHANNELS_LAST;
        long channelStep = last ? 1 : height * width;
        long tapStep = last ? channels : 1;
        for (long o = 0; o < outputs; o++) {
            long filter = w.offset() + (group * outputs + o) * w.stride(0);
            long row = at + o * geometry.productsPerOutput();
            for (long i = 0; i < height; i++) {
                for (long j = 0; j < width; j++) {
                    long tap = filter + i * w.stride(2) + j * w.stride(3);
                    long product = row + (i * width + j) * tapStep;
                    for (long c = 0; c < channels; c++) {
                        long here = tap + c * w.stride(1);
                        long there = product + c * channelStep;
                        if (pack) {
                            Runs.set(packed, there, Runs.get(w.segment(), here));
                        } else {
                            Runs.set(w.segment(), here, Runs.get(packed, there));
                        }
                    }
                }
            }
        }
    }
}
