package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** Short runs of floats from segment to segment: the inner loops of im2col and col2im. */
final class Runs {
    /**
     * From this length on {@link MemorySegment#copy} is quicker than a loop: a call costs about as
     * much as 30 elements one by one.
     */
    private static final long COPY_FROM = 32;

    private Runs() {}

    static float get(MemorySegment from, long index) {
        return from.getAtIndex(JAVA_FLOAT, index);
    }

    static void set(MemorySegment to, long index, float value) {
        to.setAtIndex(JAVA_FLOAT, index, value);
    }

    static void copy(
            MemorySegment from, long fromIndex, long step, MemorySegment to, long index, long n) {
        if (step == 1 && n >= COPY_FROM) {
            MemorySegment.copy(
                    from, fromIndex * Float.BYTES, to, index * Float.BYTES, n * Float.BYTES);
            return;
        }
        for (long k = 0; k < n; k++) {
            to.setAtIndex(JAVA_FLOAT, index + k, from.getAtIndex(JAVA_FLOAT, fromIndex + k * step));
        }
    }

    /** to[index + k·step] += from[fromIndex + k]. */
    static void add(
            MemorySegment from, long fromIndex, MemorySegment to, long index, long step, long n) {
        for (long k = 0; k < n; k++) {
            long at = index + k * step;
            float sum = to.getAtIndex(JAVA_FLOAT, at) + from.getAtIndex(JAVA_FLOAT, fromIndex + k);
            to.setAtIndex(JAVA_FLOAT, at, sum);
        }
    }

    static void fill(MemorySegment to, long index, long n, float value) {
        for (long k = 0; k < n; k++) {
            to.setAtIndex(JAVA_FLOAT, index + k, value);
        }
    }
}
