package io.strider.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives buffers their offsets in a frame so that those that hold something at the same time do not
 * overlap.
 *
 * <p>Greedy by size: the largest buffer first, each into the smallest gap that fits between the
 * buffers already placed that live at the same time, else behind them. From Y. Pisarchyk and J.
 * Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020, who find it within a few
 * per cent of the lower bound on convolutional networks.
 */
final class MemoryPlan {
    /** A cache line and a vector. */
    private static final long ALIGNMENT = 64;

    private MemoryPlan() {}

    /**
     * Sets every buffer's offset.
     *
     * @return the bytes of a frame
     * @throws ArithmeticException if those overflow
     */
    static long arrange(List<Place.Buffer> buffers) {
        List<Place.Buffer> bySize = new ArrayList<>(buffers);
        bySize.sort(Comparator.comparingLong((Place.Buffer buffer) -> -buffer.elements));
        List<Place.Buffer> placed = new ArrayList<>(); // by offset
        long end = 0;
        for (Place.Buffer buffer : bySize) {
            long bytes = bytes(buffer);
            if (bytes == 0) {
                continue;
            }
            buffer.offset = bestGap(buffer, bytes, placed);
            int at = placed.size();
            while (at > 0 && placed.get(at - 1).offset > buffer.offset) {
                at--;
            }
            placed.add(at, buffer);
            end = Math.max(end, Math.addExact(buffer.offset, bytes));
        }
        return end;
    }

    private static long bestGap(Place.Buffer buffer, long bytes, List<Place.Buffer> placed) {
        long best = -1;
        long smallest = Long.MAX_VALUE;
        long free = 0;
        for (Place.Buffer other : placed) {
            if (other.to < buffer.from || buffer.to < other.from) {
                continue;
            }
            long gap = other.offset - free;
            if (gap >= bytes && gap < smallest) {
                smallest = gap;
                best = free;
            }
            free = Math.max(free, Math.addExact(other.offset, bytes(other)));
        }
        return best >= 0 ? best : free;
    }

    /** Bytes of a buffer in a frame. */
    static long bytes(Place.Buffer buffer) {
        long bytes = Math.multiplyExact(buffer.elements, Float.BYTES);
        return Math.multiplyExact(Math.ceilDiv(bytes, ALIGNMENT), ALIGNMENT);
    }
}
