package io.strider.embedding;

/** GIF's variable-length Lempel–Ziv–Welch codes, in blocks of at most 255 bytes. */
final class GifCodes {
    private static final int MOST_CODES = 4096;

    private final EncodedImage image;

    /** Where the next byte is, and how many are left in its block. */
    private int at;

    private int left;

    private int bits;
    private int bitCount;

    private GifCodes(EncodedImage image, int at) {
        this.image = image;
        this.at = at;
    }

    /**
     * Reads so many pixels; what follows them is not looked at.
     *
     * @param at where the first block begins
     * @param rootBits bits of a colour, 1 to 8
     */
    static byte[] read(EncodedImage image, int at, int rootBits, int pixels)
            throws ImageFormatException {
        return new GifCodes(image, at).read(rootBits, pixels);
    }

    private byte[] read(int rootBits, int pixels) throws ImageFormatException {
        byte[] output = new byte[pixels];
        int clear = 1 << rootBits;
        // A code's string is the string of an earlier one and a byte more; both stand in the
        // output already, so that a code is a place and a length there.
        int[] starts = new int[MOST_CODES];
        int[] lengths = new int[MOST_CODES];
        int next = clear + 2;
        int codeBits = rootBits + 1;
        int written = 0;
        int previousStart = -1;
        int previousLength = 0;
        while (written < pixels) {
            int code = next(codeBits, written, pixels);
            if (code == clear) {
                next = clear + 2;
                codeBits = rootBits + 1;
                previousStart = -1;
                continue;
            }
            if (code == clear + 1) {
                throw early(written, pixels);
            }
            boolean unknown = code >= next && code >= clear;
            if (code > next || (unknown && previousStart < 0)) {
                throw image.refused("GIF code %s (expected: at most %s)", code, next - 1);
            }
            int start = written;
            if (code < clear) {
                output[written++] = (byte) code;
            } else {
                // The code being defined is the previous string and its own first byte, which
                // copying from front to back gives by itself.
                int from = unknown ? previousStart : starts[code];
                int length = unknown ? previousLength + 1 : lengths[code];
                int end = Math.min(pixels, written + length);
                while (written < end) {
                    output[written++] = output[from++];
                }
            }
            if (previousStart >= 0 && next < MOST_CODES) {
                starts[next] = previousStart;
                lengths[next] = previousLength + 1;
                next++;
                if (next == 1 << codeBits && codeBits < 12) {
                    codeBits++;
                }
            }
            previousStart = start;
            previousLength = written - start;
        }
        return output;
    }

    private int next(int codeBits, int written, int pixels) throws ImageFormatException {
        while (bitCount < codeBits) {
            if (left == 0) {
                left = image.u8(at++);
                if (left == 0) {
                    throw early(written, pixels);
                }
            }
            bits |= image.u8(at++) << bitCount;
            bitCount += 8;
            left--;
        }
        int code = bits & (1 << codeBits) - 1;
        bits >>>= codeBits;
        bitCount -= codeBits;
        return code;
    }

    private ImageFormatException early(int written, int pixels) {
        return image.refused(
                "GIF ends early: after %s of %s pixels (expected: all)", written, pixels);
    }
}
