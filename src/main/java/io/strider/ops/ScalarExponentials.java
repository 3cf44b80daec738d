package io.strider.ops;

/** {@link Exponentials} without the Vector API, operation for operation the same. */
final class ScalarExponentials implements Exponentials {

    @Override
    public void exp(float[] x, int count) {
        for (int k = 0; k < count; k++) {
            float v = Math.min(Math.max(x[k], LEAST), GREATEST);
            float shifted = Math.fma(v, INVERSE_LOG_2, ROUNDER);
            float n = shifted - ROUNDER;
            float r = Math.fma(n, -LOG_2_LOW, Math.fma(n, -LOG_2_HIGH, v));
            float q = Math.fma(Math.fma(Math.fma(Q5, r, Q4), r, Q3), r, Q2);
            float p = Math.fma(Math.fma(Math.fma(q, r, Q1), r, Q0), r * r, r);
            int power = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDER);
            int half = power >> 1;
            float low = Float.intBitsToFloat((half + 127) << 23);
            float high = Float.intBitsToFloat((power - half + 127) << 23);
            x[k] = (1 + p) * low * high;
        }
    }

    @Override
    public void expm1(float[] x, int count) {
        for (int k = 0; k < count; k++) {
            float v = Math.max(x[k], LEAST / 2);
            float shifted = Math.fma(v, INVERSE_LOG_2, ROUNDER);
            float n = shifted - ROUNDER;
            float r = Math.fma(n, -LOG_2_LOW, Math.fma(n, -LOG_2_HIGH, v));
            float q = Math.fma(Math.fma(Math.fma(Q5, r, Q4), r, Q3), r, Q2);
            float p = Math.fma(Math.fma(Math.fma(q, r, Q1), r, Q0), r * r, r);
            int power = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDER);
            float scale = Float.intBitsToFloat((power + 127) << 23);
            x[k] = Math.fma(scale, p, scale - 1);
        }
    }

    @Override
    public void erf(float[] x, float[] scratch, int count) {
        for (int k = 0; k < count; k++) {
            float v = Math.min(Math.abs(x[k]), ERF_END);
            float g = Math.fma(Math.fma(Math.fma(G6, v, G5), v, G4), v, G3);
            scratch[k] = -Math.fma(Math.fma(Math.fma(g, v, G2), v, G1), v, G0);
        }
        exp(scratch, count);
        for (int k = 0; k < count; k++) {
            float v = x[k];
            float s = v * v;
            float p = Math.fma(Math.fma(Math.fma(P6, s, P5), s, P4), s, P3);
            p = Math.fma(Math.fma(Math.fma(p, s, P2), s, P1), s, P0);
            x[k] = Math.abs(v) < ERF_LARGE ? p * v : Math.copySign(1 - scratch[k], v);
        }
    }
}
