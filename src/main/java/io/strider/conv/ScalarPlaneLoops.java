package io.strider.conv;

import java.lang.foreign.MemorySegment;

/** {@link PlaneLoops} without the Vector API. */
final class ScalarPlaneLoops implements PlaneLoops {

    @Override
    public void sums(
            DepthwisePlane layout,
            MemorySegment weights,
            long weightsAt,
            long weightStep,
            float bias,
            MemorySegment plane,
            long planeAt,
            MemorySegment sums,
            long sumsAt,
            int count) {
        for (int k = 0; k < count; k += 4) {
            long at = planeAt + k;
            float s0 = bias;
            float s1 = bias;
            float s2 = bias;
            float s3 = bias;
            for (int tap = 0; tap < layout.taps(); tap++) {
                float w = Runs.get(weights, weightsAt + tap * weightStep);
                long from = at + layout.tapAt(tap);
                s0 += w * Runs.get(plane, from);
                s1 += w * Runs.get(plane, from + 1);
                s2 += w * Runs.get(plane, from + 2);
                s3 += w * Runs.get(plane, from + 3);
            }
            Runs.set(sums, sumsAt + k, s0);
            Runs.set(sums, sumsAt + k + 1, s1);
            Runs.set(sums, sumsAt + k + 2, s2);
            Runs.set(sums, sumsAt + k + 3, s3);
        }
    }

    @Override
    public void gradients(
            DepthwisePlane layout,
            MemorySegment gy,
            long gyAt,
            int rows,
            MemorySegment plane,
            long planeAt,
            MemorySegment gradients,
            long gradientsAt) {
        int width = layout.window.outWidth;
        int fours = width / 4 * 4;
        for (int tap = 0; tap < layout.taps(); tap++) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int p = 0; p < rows; p++) {
                long g = gyAt + (long) p * layout.pitch;
                long x = planeAt + layout.tapAt(tap) + (long) p * layout.pitch;
                for (int q = 0; q < fours; q += 4) {
                    s0 += Runs.get(gy, g + q) * Runs.get(plane, x + q);
                    s1 += Runs.get(gy, g + q + 1) * Runs.get(plane, x + q + 1);
                    s2 += Runs.get(gy, g + q + 2) * Runs.get(plane, x + q + 2);
                    s3 += Runs.get(gy, g + q + 3) * Runs.get(plane, x + q + 3);
                }
                for (int q = fours; q < width; q++) {
                    s0 += Runs.get(gy, g + q) * Runs.get(plane, x + q);
                }
            }
            long to = gradientsAt + (long) tap * layout.window.pitch;
            Runs.set(gradients, to, Runs.get(gradients, to) + (s0 + s1 + (s2 + s3)));
        }
    }

    @Override
    public void copy(
            MemorySegment from, long fromAt, long step, MemorySegment to, long toAt, int count) {
        Runs.copy(from, fromAt, step, to, toAt, count);
    }
}
