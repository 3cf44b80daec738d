package io.strider.embedding;

/** Pixel by pixel. */
final class ScalarPixelLoops implements PixelLoops {
    private static final int CHANNELS = Picture.CHANNELS;

    // libjpeg's constants (jdcolor.c): 1.402, 1.772, 0.71414 and 0.34414 in units of 2⁻¹⁶.
    static final int RED_OF_CR = 91_881;
    static final int BLUE_OF_CB = 116_130;
    static final int GREEN_OF_CR = 46_802;
    static final int GREEN_OF_CB = 22_554;
    static final int HALF = 1 << 15;

    @Override
    public void yccToRgb(byte[] values) {
        yccToRgb(values, 0, values.length, CHANNELS);
    }

    /** For pixels that lie {@code distance} apart, from value {@code from} to {@code end}. */
    static void yccToRgb(byte[] values, int from, int end, int distance) {
        for (int i = from; i < end; i += distance) {
            int y = values[i] & 0xff;
            int cb = (values[i + 1] & 0xff) - 128;
            int cr = (values[i + 2] & 0xff) - 128;
            values[i] = clipped(y + ((RED_OF_CR * cr + HALF) >> 16));
            values[i + 1] = clipped(y + ((HALF - GREEN_OF_CB * cb - GREEN_OF_CR * cr) >> 16));
            values[i + 2] = clipped(y + ((BLUE_OF_CB * cb + HALF) >> 16));
        }
    }

    private static byte clipped(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    @Override
    public Narrowing narrowing(ResampleWeights across) {
        return (source, start, target, at) -> narrow(across, source, start, target, at);
    }

    static void narrow(ResampleWeights across, byte[] source, int start, int[] target, int at) {
        int[] starts = across.starts();
        int[] counts = across.counts();
        int[] weights = across.weights();
        int taps = across.taps();
        int to = at;
        for (int i = 0; i < starts.length; i++) {
            int red = ResampleWeights.HALF;
            int green = ResampleWeights.HALF;
            int blue = ResampleWeights.HALF;
            int from = start + starts[i] * CHANNELS;
            int first = i * taps;
            int end = first + counts[i];
            for (int k = first; k < end; k++) {
                int weight = weights[k];
                red += (source[from] & 0xff) * weight;
                green += (source[from + 1] & 0xff) * weight;
                blue += (source[from + 2] & 0xff) * weight;
                from += CHANNELS;
            }
            target[to] = ResampleWeights.rounded(red);
            target[to + 1] = ResampleWeights.rounded(green);
            target[to + 2] = ResampleWeights.rounded(blue);
            to += CHANNELS;
        }
    }
}
