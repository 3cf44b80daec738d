package io.strider.embedding;

/** The three colours of a BMP's 16 or 32-bit pixels, each a run of bits. */
final class BmpMasks {
    private final int[] masks;

    /**
     * Looks at masks that have been checked.
     *
     * @param masks red, green, blue: each one run of bits
     */
    BmpMasks(int[] masks) {
        this.masks = masks.clone();
    }

    /** Reads {@code width} little-endian pixels; a colour of n bits is v·255/(2ⁿ − 1), cut off. */
    void apply(byte[] source, int first, int pixelBytes, int width, byte[] rgb, int to) {
        for (int c = 0; c < Picture.CHANNELS; c++) {
            int shift = Integer.numberOfTrailingZeros(masks[c]);
            int most = masks[c] >>> shift;
            long scale = Integer.toUnsignedLong(most);
            int from = first;
            for (int i = 0; i < width; i++) {
                int pixel = (source[from] & 0xff) | (source[from + 1] & 0xff) << 8;
                if (pixelBytes == 4) {
                    pixel |= (source[from + 2] & 0xff) << 16 | source[from + 3] << 24;
                }
                long value = Integer.toUnsignedLong(pixel >>> shift & most);
                rgb[to + Picture.CHANNELS * i + c] =
                        (byte) (scale == 255 ? value : value * 255 / scale);
                from += pixelBytes;
            }
        }
    }
}
