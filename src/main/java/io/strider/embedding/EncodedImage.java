package io.strider.embedding;

/**
 * The bytes of a file, read with bounds: whatever offset a hostile header leads to, the answer is a
 * value or an {@link ImageFormatException} that names the file.
 */
final class EncodedImage {
    private final String name;
    private final byte[] bytes;
    private final DecodingLimits limits;
    private final DecodingRoom room;

    EncodedImage(String name, byte[] bytes, DecodingLimits limits, DecodingRoom room) {
        this.name = name;
        this.bytes = bytes;
        this.limits = limits;
        this.room = room;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    int u8(long at) throws ImageFormatException {
        require(at, 1);
        return bytes[(int) at] & 0xff;
    }

    int u16Big(long at) throws ImageFormatException {
        require(at, 2);
        return (bytes[(int) at] & 0xff) << 8 | (bytes[(int) at + 1] & 0xff);
    }

    int u16Little(long at) throws ImageFormatException {
        return Short.reverseBytes((short) u16Big(at)) & 0xffff;
    }

    int i32Big(long at) throws ImageFormatException {
        return u16Big(at) << 16 | u16Big(at + 2);
    }

    int i32Little(long at) throws ImageFormatException {
        return Integer.reverseBytes(i32Big(at));
    }

    long u32Big(long at) throws ImageFormatException {
        return Integer.toUnsignedLong(i32Big(at));
    }

    long u32Little(long at) throws ImageFormatException {
        return Integer.toUnsignedLong(i32Little(at));
    }

    /** Whether the bytes there, if there are so many, are these characters. */
    boolean has(long at, String characters) {
        return PictureFormat.has(bytes, at, characters);
    }

    /** Refuses a range that is not inside the file. */
    void require(long at, long count) throws ImageFormatException {
        if (at < 0 || count < 0 || at > bytes.length - count) {
            throw refused(
                    "ends early: %s bytes (expected: %s more at byte %s)", bytes.length, count, at);
        }
    }

    /**
     * Refuses a size that is empty or above the limits, and waits until there is room for it:
     * called before memory for its pixels is taken.
     */
    void requireSize(String format, long height, long width) throws ImageFormatException {
        long side = DecodingLimits.MAX_SIDE;
        if (height < 1 || width < 1 || height > side || width > side) {
            throw refused(
                    "%s of height %s and width %s (expected: each 1 to %s)",
                    format, height, width, side);
        }
        if (height * width > limits.maxPixels()) {
            throw tooLarge(
                    "%s of height %s and width %s (expected: at most %s pixels)",
                    format, height, width, limits.maxPixels());
        }
        room.require(height * width);
    }

    /** Memory for a picture, of a size that has been checked. */
    static byte[] allocate(int height, int width) {
        return new byte[Math.multiplyExact(Math.multiplyExact(height, width), Picture.CHANNELS)];
    }

    /** An exception that begins with the file's name. */
    ImageFormatException refused(String format, Object... values) {
        return new ImageFormatException(name + ": " + Checks.text(format, values));
    }

    /** The same for what is larger than allowed. */
    ImageTooLargeException tooLarge(String format, Object... values) {
        return new ImageTooLargeException(name + ": " + Checks.text(format, values));
    }

    /** The same for what an exception says. */
    ImageFormatException refused(String what, Exception cause) {
        ImageFormatException refusal = refused("%s: %s", what, String.valueOf(cause.getMessage()));
        refusal.initCause(cause);
        return refusal;
    }
}
