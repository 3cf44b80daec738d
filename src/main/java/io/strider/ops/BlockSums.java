package io.strider.ops;

/** Sums and extremes of short arrays, the sums in double and in several strands for speed. */
final class BlockSums {
    private BlockSums() {}

    static double sum(float[] x, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            s0 += x[k];
            s1 += x[k + 1];
            s2 += x[k + 2];
            s3 += x[k + 3];
        }
        for (; k < count; k++) {
            s0 += x[k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Σ (x − center)². */
    static double squares(float[] x, int count, double center) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            double d0 = x[k] - center;
            double d1 = x[k + 1] - center;
            double d2 = x[k + 2] - center;
            double d3 = x[k + 3] - center;
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }
        for (; k < count; k++) {
            double d = x[k] - center;
            s0 += d * d;
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Σ |x|. */
    static double magnitudes(float[] x, int count) {
        double s0 = 0;
        double s1 = 0;
        int k = 0;
        for (; k + 2 <= count; k += 2) {
            s0 += Math.abs(x[k]);
            s1 += Math.abs(x[k + 1]);
        }
        for (; k < count; k++) {
            s0 += Math.abs(x[k]);
        }
        return s0 + s1;
    }

    /** NaN if any is, −∞ of none. */
    static float maximum(float[] x, int count) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < count; k++) {
            maximum = Math.max(maximum, x[k]);
        }
        return maximum;
    }

    /** NaN if any is, +∞ of none. */
    static float minimum(float[] x, int count) {
        float minimum = Float.POSITIVE_INFINITY;
        for (int k = 0; k < count; k++) {
            minimum = Math.min(minimum, x[k]);
        }
        return minimum;
    }
}
