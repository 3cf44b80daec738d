package io.strider.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A box of elements that go from one array to another in a regular way: what transposing, slicing,
 * joining, repeating, padding and re-dividing come down to.
 *
 * <p>The box has its own axes, its {@link Step}s. For every index j = (j₀, j₁, …) of the box the
 * element at source index {@code sourceStart + Σ jₖ·sourceStep(k)} goes to target index {@code
 * targetStart + Σ jₖ·targetStep(k)}, each step along the one dimension that it names. Indices are
 * logical: how either array lies in memory is settled when the move is applied.
 *
 * <p>Immutable and thread-safe.
 *
 * @param source which of the sources is read; {@link #NOTHING} if the box is filled with one value
 * @param target which of the targets is written
 * @param sourceStart source index of the first element; not to be modified
 * @param targetStart target index of the first element; not to be modified
 * @param steps the axes of the box; none make a box of one element
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares the elements
public record Move(
        int source, int target, long[] sourceStart, long[] targetStart, List<Step> steps) {
    /** In place of a source, a dimension of the source, or a dimension of the target: none. */
    public static final int NOTHING = -1;

    /**
     * One axis of a box.
     *
     * @param size how many indices
     * @param sourceDim the source's dimension along which it walks, or {@link #NOTHING}
     * @param sourceStep how far, may be negative
     * @param targetDim the target's dimension along which it walks
     * @param targetStep how far, at least 1
     */
    public record Step(long size, int sourceDim, long sourceStep, int targetDim, long targetStep) {}

    /** Keeps a copy of the steps. */
    public Move {
        steps = List.copyOf(steps);
    }

    /** How many elements there are. */
    public long count() {
        long count = 1;
        for (Step step : steps) {
            count = Math.multiplyExact(count, step.size);
        }
        return count;
    }

    /** A builder of a move between the first source and the first target. */
    public static Builder between(int sourceRank, int targetRank) {
        return new Builder(sourceRank, targetRank);
    }

    /** Collects starts and steps; all starts are 0 at first. Not thread-safe. */
    public static final class Builder {
        private int source;
        private int target;
        private final long[] sourceStart;
        private final long[] targetStart;
        private final List<Step> steps = new ArrayList<>();

        private Builder(int sourceRank, int targetRank) {
            this.sourceStart = new long[sourceRank];
            this.targetStart = new long[targetRank];
        }

        /** Reads another source than the first, or {@link #NOTHING}. */
        public Builder source(int index) {
            source = index;
            return this;
        }

        /** Writes another target than the first. */
        public Builder target(int index) {
            target = index;
            return this;
        }

        /** Begins further inside the source. */
        public Builder fromIndex(int dim, long index) {
            sourceStart[dim] = index;
            return this;
        }

        /** Begins further inside the target. */
        public Builder toIndex(int dim, long index) {
            targetStart[dim] = index;
            return this;
        }

        /** Adds an axis; see {@link Step}. */
        public Builder step(
                long size, int sourceDim, long sourceStep, int targetDim, long targetStep) {
            steps.add(new Step(size, sourceDim, sourceStep, targetDim, targetStep));
            return this;
        }

        /** Adds an axis that walks one by one along a dimension of each. */
        public Builder step(long size, int sourceDim, int targetDim) {
            return step(size, sourceDim, 1, targetDim, 1);
        }

        /** Adds an axis that repeats one source index along a dimension of the target. */
        public Builder repeat(long size, int targetDim, long targetStep) {
            return step(size, NOTHING, 0, targetDim, targetStep);
        }

        /** The move. */
        public Move build() {
            return new Move(source, target, sourceStart.clone(), targetStart.clone(), steps);
        }
    }

    /** Distance in memory that one step of an axis makes in the source. */
    long sourceStride(Step step, long[] strides) {
        return step.sourceDim == NOTHING ? 0 : step.sourceStep * strides[step.sourceDim];
    }

    /** Distance in memory that one step of an axis makes in the target. */
    long targetStride(Step step, long[] strides) {
        return step.targetStep * strides[step.targetDim];
    }

    /** Position in memory of an index. */
    static long position(long[] index, long[] strides) {
        long position = 0;
        for (int dim = 0; dim < index.length; dim++) {
            position += index[dim] * strides[dim];
        }
        return position;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Move that
                && source == that.source
                && target == that.target
                && Arrays.equals(sourceStart, that.sourceStart)
                && Arrays.equals(targetStart, that.targetStart)
                && steps.equals(that.steps);
    }

    @Override
    public int hashCode() {
        int starts = 31 * Arrays.hashCode(sourceStart) + Arrays.hashCode(targetStart);
        return 31 * (31 * starts + steps.hashCode()) + 31 * source + target;
    }

    @Override
    public String toString() {
        return "source %s from %s to target %s at %s by %s"
                .formatted(
                        source,
                        Arrays.toString(sourceStart),
                        target,
                        Arrays.toString(targetStart),
                        steps);
    }
}
