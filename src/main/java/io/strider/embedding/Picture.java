package io.strider.embedding;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A decoded picture: 8-bit red, green and blue, row by row from the top, three bytes a pixel.
 * Immutable, and so safe to share between threads. Takes 3·height·width bytes of heap.
 */
public final class Picture {
    /** Red, green and blue. */
    static final int CHANNELS = 3;

    /** What an array of bytes can hold. */
    static final long MOST_PIXELS = (Integer.MAX_VALUE - 8) / CHANNELS;

    private final int height;
    private final int width;
    private final byte[] rgb;

    /** Who has brought the picture to the size that a network sees; null as a rule. */
    private final @Nullable Preprocessing fittedBy;

    /** Over an array that nobody else writes from now on. */
    private Picture(int height, int width, byte[] rgb, @Nullable Preprocessing fittedBy) {
        this.height = height;
        this.width = width;
        this.rgb = rgb;
        this.fittedBy = fittedBy;
    }

    /**
     * A picture of given values.
     *
     * @param height rows, 1 to 65535
     * @param width columns, 1 to 65535
     * @param rgb height × width × (red, green, blue), copied
     * @throws IllegalArgumentException if a size is out of range or does not fit the array
     */
    public static Picture of(int height, int width, byte[] rgb) {
        Objects.requireNonNull(rgb, "rgb");
        Checks.size("picture", height, width);
        long expected = (long) height * width * CHANNELS;
        if (rgb.length != expected) {
            throw Checks.refused("rgb: %s bytes (expected: %s)", rgb.length, expected);
        }
        return new Picture(height, width, rgb.clone(), null);
    }

    /** Takes the array over: for those who made it and keep no reference. */
    static Picture over(int height, int width, byte[] rgb) {
        return new Picture(height, width, rgb, null);
    }

    /** The same for a picture that a description has resized and cropped. */
    static Picture fitted(ImageSize size, byte[] rgb, Preprocessing by) {
        return new Picture(size.height(), size.width(), rgb, by);
    }

    /** Whether a description has resized and cropped this already. */
    @SuppressWarnings("ReferenceEquality") // descriptions are identities
    boolean isFittedBy(Preprocessing preprocessing) {
        return fittedBy == preprocessing;
    }

    /** The number of rows. */
    public int height() {
        return height;
    }

    /** The number of columns. */
    public int width() {
        return width;
    }

    /**
     * One value, 0 to 255.
     *
     * @param row from the top
     * @param column from the left
     * @param channel 0 red, 1 green, 2 blue
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public int get(int row, int column, int channel) {
        Objects.checkIndex(row, height);
        Objects.checkIndex(column, width);
        Objects.checkIndex(channel, CHANNELS);
        return rgb[(row * width + column) * CHANNELS + channel] & 0xff;
    }

    /** A copy of all values: height × width × (red, green, blue). */
    public byte[] toArray() {
        return rgb.clone();
    }

    /** The values themselves, which must not be written. */
    byte[] values() {
        return rgb;
    }

    /** The size, for messages. */
    @Override
    public String toString() {
        return "Picture[" + height + "×" + width + "]";
    }
}
