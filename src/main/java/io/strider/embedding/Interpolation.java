package io.strider.embedding;

import java.util.Locale;

/**
 * How a picture is brought to another size. Each is Pillow's filter of the same name, and has its
 * number there. All but {@link #NEAREST} are stretched by the factor of reduction, so that every
 * pixel of the source has its share (antialiasing).
 *
 * <p>Formulas: Pillow's {@code Resample.c}; x is the distance from the output pixel's centre.
 */
public enum Interpolation {
    /** The one pixel under the centre; no weights. */
    NEAREST(0, 0),

    /** sinc(x)·sinc(x/3) for |x| &lt; 3, sinc(x) = sin(πx)/(πx). */
    LANCZOS(1, 3),

    /** The triangle 1 − |x| for |x| &lt; 1. */
    BILINEAR(2, 1),

    /** Keys' cubic convolution with a = −½, |x| &lt; 2. */
    BICUBIC(3, 2),

    /** 1 for −½ &lt; x ≤ ½: the mean of the pixels below. */
    BOX(4, 0.5),

    /** sinc(x)·(0.54 + 0.46·cos(πx)) for |x| &lt; 1. */
    HAMMING(5, 1);

    private static final double CUBIC = -0.5;

    private final int code;
    private final double support;

    Interpolation(int code, double support) {
        this.code = code;
        this.support = support;
    }

    /** The number that Pillow and Hugging Face's {@code "resample"} give to it. */
    public int code() {
        return code;
    }

    /** How far the weights reach at a scale of 1; 0 for NEAREST, which has none. */
    double support() {
        return support;
    }

    /**
     * The filter of a number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Interpolation ofCode(int code) {
        for (Interpolation each : values()) {
            if (each.code == code) {
                return each;
            }
        }
        throw Checks.refused("code: %s (expected: 0 to 5)", code);
    }

    /** The filter of a name in any case, or an exception that says what there is. */
    static Interpolation named(String name) {
        for (Interpolation each : values()) {
            if (each.name().equals(name.toUpperCase(Locale.ROOT))) {
                return each;
            }
        }
        throw Checks.refused(
                "\"%s\" (expected: nearest, lanczos, bilinear, bicubic, box or hamming)", name);
    }

    /** The weight at a distance, not normalised. */
    double weight(double distance) {
        double x = Math.abs(distance);
        return switch (this) {
            case NEAREST -> 0;
            case BOX -> distance > -0.5 && distance <= 0.5 ? 1 : 0;
            case BILINEAR -> Math.max(0, 1 - x);
            case HAMMING -> x < 1 ? sinc(x) * (0.54f + 0.46f * Math.cos(Math.PI * x)) : 0;
            case BICUBIC ->
                    x < 1
                            ? ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1
                            : x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC : 0;
            case LANCZOS -> distance >= -3 && distance < 3 ? sinc(x) * sinc(x / 3) : 0;
        };
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}
