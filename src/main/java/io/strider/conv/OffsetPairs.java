package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Where one tap meets the pictures: for each output position whose tap lies on the input and not in
 * its padding, two longs, the byte offset of the output pixel and of the input pixel, each from the
 * first element of its tensor.
 */
final class OffsetPairs {
    /** Bytes of one entry. */
    static final long BYTES = 16;

    private final Conv2dGeometry geometry;

    OffsetPairs(Conv2dGeometry geometry) {
        this.geometry = geometry;
    }

    /**
     * Writes the entries of tap (i, j) for the positions {@code from} to {@code to}, counted over
     * the whole batch.
     *
     * @param table overwritten from byte {@code at} on
     * @return how many entries there are
     */
    int write(
            long i, long j, long from, long to, Tensor x, Tensor gy, MemorySegment table, long at) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long firstRow = height.firstInside(i);
        long endRow = height.endInside(i);
        long firstColumn = width.firstInside(j);
        long endColumn = width.endInside(j);
        long gyStep = gy.stride(3) * Float.BYTES;
        long xStep = width.stride() * x.stride(3) * Float.BYTES;
        long row = from / width.output();
        long left = from % width.output();
        long entry = at;
        for (long done = from; done < to; row++, left = 0) {
            long run = Math.min(width.output() - left, to - done);
            long p = row % height.output();
            if (p >= firstRow && p < endRow) {
                long n = row / height.output();
                long q = Math.max(left, firstColumn);
                int pixels = (int) Math.max(0, Math.min(left + run, endColumn) - q);
                long gyAt = (n * gy.stride(0) + p * gy.stride(2)) * Float.BYTES + q * gyStep;
                long xAt =
                        (n * x.stride(0)
                                        + height.at(p, i) * x.stride(2)
                                        + width.at(q, j) * x.stride(3))
                                * Float.BYTES;
                for (int k = 0; k < pixels; k++) {
                    table.set(JAVA_LONG, entry + k * BYTES, gyAt + k * gyStep);
                    table.set(JAVA_LONG, entry + k * BYTES + 8, xAt + k * xStep);
                }
                entry += pixels * BYTES;
            }
            done += run;
        }
        return (int) ((entry - at) / BYTES);
    }
}
