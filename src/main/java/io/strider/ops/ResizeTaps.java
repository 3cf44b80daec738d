package io.strider.ops;

import java.util.Arrays;

/**
 * What a resized axis is made of: every index of the output is a weighted sum of a few indices of
 * the input, its taps. Immutable and thread-safe.
 */
public final class ResizeTaps {
    /** Where the taps of each output index begin in the other two; one more at the end. */
    private final int[] starts;

    private final int[] indices;
    private final double[] weights;

    private ResizeTaps(int[] starts, int[] indices, double[] weights) {
        this.starts = starts;
        this.indices = indices;
        this.weights = weights;
    }

    /** How many indices the output has. */
    public int size() {
        return starts.length - 1;
    }

    /** How many taps an output index has; 0 if it lies outside and takes a value of its own. */
    int count(int output) {
        return starts[output + 1] - starts[output];
    }

    /** The input's index of a tap. */
    int index(int output, int tap) {
        return indices[starts[output] + tap];
    }

    /** The weight of a tap; those of an output index sum to 1. */
    double weight(int output, int tap) {
        return weights[starts[output] + tap];
    }

    /** The largest number of taps. */
    int most() {
        int most = 0;
        for (int i = 0; i < size(); i++) {
            most = Math.max(most, count(i));
        }
        return most;
    }

    /** Whether some output index has no taps. */
    boolean reachesOutside() {
        for (int i = 0; i < size(); i++) {
            if (count(i) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether no tap reaches beyond an input of a size. */
    boolean fits(long inputSize) {
        return Arrays.stream(indices).allMatch(index -> index < inputSize);
    }

    /** Whether the output is the input. */
    public boolean isIdentity(long inputSize) {
        boolean identity = inputSize == size() && indices.length == size();
        for (int i = 0; identity && i < size(); i++) {
            identity = count(i) == 1 && indices[i] == i;
        }
        return identity;
    }

    /** Collects taps, one output index after the other. */
    static final class Builder {
        private final int[] starts;
        private int[] indices;
        private double[] weights;
        private int outputs;
        private int taps;

        /** For so many output indices. */
        Builder(int size) {
            starts = new int[size + 1];
            indices = new int[size];
            weights = new double[size];
        }

        /** Adds a tap to the output index at hand; one of weight 0 is left away. */
        void tap(int index, double weight) {
            if (weight == 0) {
                return;
            }
            // Indices beyond a border come as the border's, one after the other.
            if (taps > starts[outputs] && indices[taps - 1] == index) {
                weights[taps - 1] += weight;
                return;
            }
            if (taps == indices.length) {
                int more = Math.addExact(taps, taps / 2 + 16);
                indices = Arrays.copyOf(indices, more);
                weights = Arrays.copyOf(weights, more);
            }
            indices[taps] = index;
            weights[taps++] = weight;
        }

        /** Goes on to the next output index. */
        void next() {
            starts[++outputs] = taps;
        }

        ResizeTaps build() {
            return new ResizeTaps(
                    starts, Arrays.copyOf(indices, taps), Arrays.copyOf(weights, taps));
        }
    }
}
