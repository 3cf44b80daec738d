package io.strider.cli;

/**
 * Colours for numbers from 0 to 1: from midnight blue over violet and coral to cream, ever lighter.
 *
 * <p>Between the anchors it is interpolated in OKLab (Björn Ottosson, <i>A perceptual color space
 * for image processing</i>, 2020), where equal steps look equally large.
 */
final class ColorScale {
    private static final int[] ANCHORS = {
        0x0b0f2b, 0x2c2a72, 0x6f3a94, 0xb8487f, 0xec6f5c, 0xf9a95f, 0xfdf0c4
    };
    private static final int STEPS = 1024;
    private static final int[] COLORS = new int[STEPS + 1];

    static {
        double[][] anchors = new double[ANCHORS.length][];
        for (int i = 0; i < anchors.length; i++) {
            anchors[i] = toLab(ANCHORS[i]);
        }
        for (int step = 0; step <= STEPS; step++) {
            double place = (double) step / STEPS * (anchors.length - 1);
            int from = Math.min((int) place, anchors.length - 2);
            double share = place - from;
            double[] lab = new double[3];
            for (int i = 0; i < 3; i++) {
                lab[i] = anchors[from][i] * (1 - share) + anchors[from + 1][i] * share;
            }
            COLORS[step] = toRgb(lab);
        }
    }

    private ColorScale() {}

    /** The colour, 0xRRGGBB, of a value; below 0 counts as 0, above 1 as 1, NaN as 0. */
    static int color(double value) {
        return COLORS[(int) (Math.clamp(Double.isNaN(value) ? 0 : value, 0, 1) * STEPS + 0.5)];
    }

    private static double[] toLab(int rgb) {
        double r = toLinear(rgb >> 16 & 0xff);
        double g = toLinear(rgb >> 8 & 0xff);
        double b = toLinear(rgb & 0xff);
        double l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return new double[] {
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
        };
    }

    private static int toRgb(double[] lab) {
        double l = cube(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2]);
        double m = cube(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2]);
        double s = cube(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2]);
        return toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) << 16
                | toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) << 8
                | toByte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static double cube(double value) {
        return value * value * value;
    }

    private static double toLinear(int value) {
        double c = value / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    private static int toByte(double linear) {
        double c = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
        return (int) Math.round(Math.clamp(c, 0, 1) * 255);
    }
}
