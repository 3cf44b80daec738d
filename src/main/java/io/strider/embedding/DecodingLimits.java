package io.strider.embedding;

/**
 * How large a picture may be before it is refused. Both are compared with what the file's header
 * says, before anything is decoded or memory for it is taken.
 *
 * <p>A decoded picture takes three bytes a pixel, a CMYK one four while it is decoded, a WebP twice
 * as much, and a progressive JPEG up to eight more of native memory; a turned one (EXIF) twice its
 * size for a moment. What tables a lossless WebP may have besides is up to TwelveMonkeys. Beside
 * these limits no side may be longer than {@value #MAX_SIDE} pixels. Immutable.
 *
 * @param maxBytes the most bytes a file may have, 1 to 2147483639
 * @param maxPixels the most pixels a picture may have, 1 to 500,000,000
 */
public record DecodingLimits(long maxBytes, long maxPixels) {
    /** The longest side that is read: that of the longest JPEG. */
    public static final int MAX_SIDE = 65_535;

    /** 64 MiB and 100 million pixels: any camera's picture, and 300 MB when decoded. */
    public static final DecodingLimits DEFAULT = new DecodingLimits(64L << 20, 100_000_000);

    /** What an array can hold. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    /** Four bytes for each fit into an array. */
    private static final long MOST_PIXELS = 500_000_000;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public DecodingLimits {
        Checks.range("maxBytes", maxBytes, 1, MOST_BYTES);
        Checks.range("maxPixels", maxPixels, 1, MOST_PIXELS);
    }
}
