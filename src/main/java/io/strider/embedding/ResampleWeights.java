package io.strider.embedding;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which pixels of a line make each pixel of a longer or shorter line, and with what weights, in
 * Pillow's fixed point: a weight w is round(w·2²²), and a sum is rounded by adding 2²¹ and shifting
 * right by 22. Computed in double as {@code precompute_coeffs} in Pillow's {@code Resample.c} does,
 * operation by operation, as another order would round some weights otherwise. Immutable.
 *
 * @param from the first output pixel that is computed
 * @param to one past the last
 * @param taps the distance of two output pixels' weights in {@code weights}
 * @param starts the first source pixel of each output pixel
 * @param counts how many source pixels it has, at least 1
 * @param weights {@code taps} for each output pixel, of which {@code counts} are in use
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the arrays are written once
record ResampleWeights(int from, int to, int taps, int[] starts, int[] counts, int[] weights) {
    /** 32 bits less 8 of the pixel and 2 for sums of weights above 1. */
    static final int PRECISION = 22;

    /** What is added before shifting. */
    static final int HALF = 1 << (PRECISION - 1);

    private static final int CACHED = 64;

    /** Larger ones are computed each time: 64 of these are 16 MiB at most. */
    private static final int MOST_CACHED_WEIGHTS = 1 << 16;

    /** The least recently used is the first. */
    private static final Map<Key, ResampleWeights> CACHE = new LinkedHashMap<>(CACHED, 1, true);

    private record Key(int input, int output, Interpolation filter, int from, int to) {}

    /** Weights for output pixels {@code from} to {@code to} of {@code output}, kept for reuse. */
    static ResampleWeights of(int input, int output, Interpolation filter, int from, int to) {
        Key key = new Key(input, output, filter, from, to);
        synchronized (CACHE) {
            ResampleWeights known = CACHE.get(key);
            if (known != null) {
                return known;
            }
        }
        ResampleWeights made = compute(key);
        if (made.isSmall()) {
            synchronized (CACHE) {
                CACHE.put(key, made);
                if (CACHE.size() > CACHED) {
                    CACHE.remove(CACHE.keySet().iterator().next());
                }
            }
        }
        return made;
    }

    private static ResampleWeights compute(Key key) {
        double scale = (double) key.input / key.output;
        double stretch = Math.max(scale, 1);
        double support = key.filter.support() * stretch;
        double shrink = 1 / stretch;
        int taps = (int) Math.ceil(support) * 2 + 1;
        int outputs = key.to - key.from;
        int[] starts = new int[outputs];
        int[] counts = new int[outputs];
        int[] fixed = new int[Math.multiplyExact(outputs, taps)];
        double[] line = new double[taps];
        for (int i = 0; i < outputs; i++) {
            double center = (key.from + i + 0.5) * scale;
            int first = Math.max(0, (int) (center - support + 0.5));
            int end = Math.min(key.input, (int) (center + support + 0.5));
            int count = end - first;
            double sum = 0;
            for (int k = 0; k < count; k++) {
                line[k] = key.filter.weight((k + first - center + 0.5) * shrink);
                sum += line[k];
            }
            for (int k = 0; k < count; k++) {
                double weight = sum == 0 ? line[k] : line[k] / sum;
                fixed[i * taps + k] = (int) (weight * (1 << PRECISION) + (weight < 0 ? -0.5 : 0.5));
            }
            starts[i] = first;
            counts[i] = count;
        }
        return new ResampleWeights(key.from, key.to, taps, starts, counts, fixed);
    }

    /** Whether they may be kept for reuse, and what is made of them. */
    boolean isSmall() {
        return weights.length <= MOST_CACHED_WEIGHTS;
    }

    /** A sum of pixels by weights, begun with {@link #HALF}, as a pixel. */
    static int rounded(int sum) {
        return Math.max(0, Math.min(255, sum >> PRECISION));
    }

    int outputs() {
        return to - from;
    }

    /** The first source pixel that any output pixel needs; starts never decrease. */
    int firstInput() {
        return starts[0];
    }

    /** One past the last source pixel that any output pixel needs. */
    int endInput() {
        int last = outputs() - 1;
        return starts[last] + counts[last];
    }
}
