package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies a tensor's elements in row-major order into a tensor of another shape and layout.
 *
 * <p>Where every dimension of either shape is a product of factors common to both, as it is where
 * neighbouring dimensions were joined or one was divided, that is a {@linkplain StridedMoves
 * strided move}. Elsewhere, as from 2×3 to 3×2, elements are found one by one, unless both lie
 * row-major.
 */
public final class ReshapedCopy {
    private ReshapedCopy() {}

    /**
     * Binds the copy.
     *
     * @param source not written
     * @param target overwritten; shares no memory with the source
     * @throws IllegalArgumentException if the element counts differ
     */
    public static Operation bind(Tensor source, Tensor target) {
        if (source.elementCount() != target.elementCount()) {
            throw new IllegalArgumentException(
                    "target: shape %s (expected: as many elements as %s)"
                            .formatted(
                                    Arrays.toString(target.shape()),
                                    Arrays.toString(source.shape())));
        }
        if (source.elementCount() == 0) {
            return _ -> {};
        }
        Move move = factored(source.shape(), target.shape());
        if (move != null) {
            return StridedMoves.bind(List.of(source), List.of(move), List.of(target), 0);
        }
        if (source.isContiguous() && target.isContiguous()) {
            return bind(flat(source), flat(target));
        }
        return new OneByOne(source, target);
    }

    private static Tensor flat(Tensor tensor) {
        return tensor.reshape(tensor.elementCount());
    }

    /** The move along common factors, the innermost last; null if there are none. */
    static @Nullable Move factored(long[] source, long[] target) {
        Move.Builder move = Move.between(source.length, target.length);
        int s = source.length - 1;
        int t = target.length - 1;
        long sourceStep = 1;
        long targetStep = 1;
        while (s >= 0 && t >= 0) {
            long sourceRest = source[s] / sourceStep;
            long targetRest = target[t] / targetStep;
            long factor = Math.min(sourceRest, targetRest);
            if (sourceRest % factor != 0 || targetRest % factor != 0) {
                return null;
            }
            move.step(factor, s, sourceStep, t, targetStep);
            sourceStep *= factor;
            targetStep *= factor;
            if (sourceStep == source[s]) {
                s--;
                sourceStep = 1;
            }
            if (targetStep == target[t]) {
                t--;
                targetStep = 1;
            }
        }
        return move.build();
    }

    /** Works out where every element lies from its place in row-major order. */
    private static final class OneByOne implements Operation {
        private static final long GRAIN = 4096;

        private final MemorySegment source;
        private final MemorySegment target;
        private final long from;
        private final long to;
        private final long[] sourceSizes;
        private final long[] sourceStrides;
        private final long[] targetSizes;
        private final long[] targetStrides;
        private final long count;
        private final Workers.Task task;

        OneByOne(Tensor source, Tensor target) {
            this.source = source.segment();
            this.target = target.segment();
            this.from = source.offset();
            this.to = target.offset();
            this.sourceSizes = source.shape();
            this.sourceStrides = source.strides();
            this.targetSizes = target.shape();
            this.targetStrides = target.strides();
            this.count = source.elementCount();
            this.task = (index, _) -> part(index * GRAIN, Math.min(count, (index + 1) * GRAIN));
        }

        @Override
        public void run(@Nullable Workers workers) {
            if (workers == null || count <= GRAIN) {
                part(0, count);
            } else {
                workers.run(Math.ceilDiv(count, GRAIN), 0, task);
            }
        }

        private void part(long first, long end) {
            for (long i = first; i < end; i++) {
                float value =
                        source.getAtIndex(
                                JAVA_FLOAT, from + position(i, sourceSizes, sourceStrides));
                target.setAtIndex(JAVA_FLOAT, to + position(i, targetSizes, targetStrides), value);
            }
        }

        private static long position(long index, long[] sizes, long[] strides) {
            long rest = index;
            long position = 0;
            for (int dim = sizes.length - 1; dim >= 0; dim--) {
                position += rest % sizes[dim] * strides[dim];
                rest /= sizes[dim];
            }
            return position;
        }
    }
}
