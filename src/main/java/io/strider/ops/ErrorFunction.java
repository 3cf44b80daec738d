package io.strider.ops;

/** The error function in double precision, by its series. */
final class ErrorFunction {
    /** From here on erf is ±1 in double: 1 − erf(6) is below 2⁻⁵⁴. */
    private static final double END = 6;

    private ErrorFunction() {}

    /**
     * erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)), whose terms all have one sign, so
     * that nothing cancels (Abramowitz and Stegun, 7.1.6).
     */
    static double erf(double x) {
        if (Math.abs(x) >= END) {
            return Math.signum(x);
        }
        double square = x * x;
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 0x1p-56 * Math.abs(sum); n++) {
            term *= 2 * square / (2 * n + 1);
            sum += term;
        }
        double y = 2 / Math.sqrt(Math.PI) * Math.exp(-square) * sum;
        return Math.clamp(y, -1.0, 1.0);
    }
}
