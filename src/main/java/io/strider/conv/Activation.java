package io.strider.conv;

/**
 * What a prepared convolution applies to its sums (after bias and residual) while they are in
 * cache.
 *
 * <p>Immutable and thread-safe. NaN stays NaN under every activation.
 */
public sealed interface Activation {
    /** y = v. */
    Activation NONE = new Clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

    /** y = max(v, 0). */
    Activation RELU = new Clamp(0, Float.POSITIVE_INFINITY);

    /** y = min(max(v, 0), 6). */
    Activation RELU6 = new Clamp(0, 6);

    /** y = v · sigmoid(v), also called swish. */
    Activation SILU = Smooth.SILU;

    /** y = v · min(max(v + 3, 0), 6) / 6. */
    Activation HARD_SWISH = Smooth.HARD_SWISH;

    /**
     * y = min(max(v, low), high).
     *
     * @throws IllegalArgumentException if a bound is NaN or low is above high
     */
    static Activation clamp(float low, float high) {
        return new Clamp(low, high);
    }

    /** The activation of one value. */
    float apply(float value);

    /** Bounds; infinite ones do nothing. */
    record Clamp(float low, float high) implements Activation {
        /** Checks the bounds. */
        public Clamp {
            if (!(low <= high)) {
                throw new IllegalArgumentException(
                        "low, high: %s, %s (expected: low <= high, neither NaN)"
                                .formatted(low, high));
            }
        }

        @Override
        public float apply(float value) {
            return Math.min(Math.max(value, low), high);
        }
    }

    /** Activations that are no clamp. */
    enum Smooth implements Activation {
        /** v · sigmoid(v). */
        SILU {
            @Override
            public float apply(float value) {
                return (float) (value / (1 + Math.exp(-value)));
            }
        },
        /** v · min(max(v + 3, 0), 6) / 6. */
        HARD_SWISH {
            @Override
            public float apply(float value) {
                return value * Math.min(Math.max(value + 3, 0), 6) / 6;
            }
        }
    }
}
