package io.strider.ops;

import io.strider.blas.VectorSupport;

/**
 * Exponentials and the error function of arrays, in float32. Stateless.
 *
 * <p>eˣ is 2ⁿ·e^r with n = round(x / log 2) and |r| ≤ log 2 / 2, and e^r = 1 + r + r²·q(r). The
 * polynomials are weighted least-squares fits that come near the least greatest error; their own
 * share of the error is below 2⁻²⁸ of the result.
 *
 * <p>Arrays have a multiple of 32 elements; what stands behind {@code count}, up to the next
 * multiple, is overwritten.
 */
interface Exponentials {
    /** 1 / log 2. */
    float INVERSE_LOG_2 = 1.442695f;

    /** log 2 with the last 9 bits 0, so that n times it is exact. */
    float LOG_2_HIGH = 0x1.63p-1f;

    /** The rest of log 2. */
    float LOG_2_LOW = -0x1.bd0106p-13f;

    /** Added and taken away, rounds a float below 2²² to a whole number. */
    float ROUNDER = 0x1.8p23f;

    /** Where e^x is 0, and 2ⁿ can still be had as two factors. */
    float LEAST = -104;

    /** Where e^x is infinite. */
    float GREATEST = 89;

    /** q's coefficients, from the constant on. */
    float Q0 = 0.5f;

    /** Of r. */
    float Q1 = 0.16666667f;

    /** Of r². */
    float Q2 = 0.041666362f;

    /** Of r³. */
    float Q3 = 0.00833339f;

    /** Of r⁴. */
    float Q4 = 0.001394072f;

    /** Of r⁵. */
    float Q5 = 0.00019845885f;

    /** From here on erf is taken from its complement; below it is an odd polynomial. */
    float ERF_LARGE = 1;

    /** From here on erf is 1 in float32. */
    float ERF_END = 4;

    /** erf(x) / x for |x| below {@link #ERF_LARGE}, a polynomial of x², from the constant on. */
    float P0 = 1.1283792f;

    /** Of x². */
    float P1 = -0.37612626f;

    /** Of x⁴. */
    float P2 = 0.11283585f;

    /** Of x⁶. */
    float P3 = -0.026853813f;

    /** Of x⁸. */
    float P4 = 0.0051883277f;

    /** Of x¹⁰. */
    float P5 = -8.0101925e-4f;

    /** Of x¹². */
    float P6 = 0.00007853858f;

    /** −log(1 − erf(x)) for x from {@link #ERF_LARGE} on, a polynomial, from the constant on. */
    float G0 = 0.00034151258f;

    /** Of x. */
    float G1 = 1.1270891f;

    /** Of x². */
    float G2 = 0.63814473f;

    /** Of x³. */
    float G3 = 0.10310682f;

    /** Of x⁴. */
    float G4 = -0.021838097f;

    /** Of x⁵. */
    float G5 = 0.002947667f;

    /** Of x⁶. */
    float G6 = -1.8638009e-4f;

    /** The quicker ones of those that this JVM can run. */
    static Exponentials best() {
        return VectorSupport.isEnabled() ? new VectorExponentials() : new ScalarExponentials();
    }

    /** x[k] = e^x[k] for k below {@code count}; within 2 units in the last place, or 2⁻¹⁴⁹. */
    void exp(float[] x, int count);

    /**
     * x[k] = e^x[k] − 1 for k below {@code count}; within 3 units in the last place.
     *
     * @param x at most 88, or NaN
     */
    void expm1(float[] x, int count);

    /**
     * x[k] = erf(x[k]) for k below {@code count}; within 4 units in the last place.
     *
     * @param scratch as long as x
     */
    void erf(float[] x, float[] scratch, int count);
}
