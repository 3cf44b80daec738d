package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** gb[o] = Σ over images and positions of gy[n, o, p, q], in double precision. */
final class BiasGradient {

    private BiasGradient() {}

    static void compute(Tensor gy, Tensor gb) {
        MemorySegment segment = gy.segment();
        long step = gy.stride(3);
        for (long o = 0; o < gy.size(1); o++) {
            double sum = 0;
            for (long n = 0; n < gy.size(0); n++) {
                for (long p = 0; p < gy.size(2); p++) {
                    long row = gy.offset() + n * gy.stride(0) + o * gy.stride(1) + p * gy.stride(2);
                    for (long q = 0; q < gy.size(3); q++) {
                        sum += segment.getAtIndex(JAVA_FLOAT, row + q * step);
                    }
                }
            }
            gb.set((float) sum, o);
        }
    }
}
