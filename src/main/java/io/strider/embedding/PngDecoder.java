package io.strider.embedding;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG, by the W3C's "Portable Network Graphics Specification" (second and third edition).
 *
 * <p>Written here and not left to ImageIO because that inflates and keeps what it need not, is
 * several times slower, and checks no sums. Of the chunks only IHDR, PLTE, IDAT and eXIf are read;
 * the sums of the first three are checked.
 */
final class PngDecoder {
    static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    /** Deflate cannot say more than this with one byte. */
    private static final long MOST_EXPANSION = 1032;

    /** Adam7: first row, first column, distance of rows, distance of columns. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8},
        {0, 4, 8, 8},
        {4, 0, 8, 4},
        {0, 2, 4, 4},
        {2, 0, 4, 2},
        {0, 1, 2, 2},
        {1, 0, 2, 1}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private final EncodedImage image;
    private final int height;
    private final int width;
    private final int depth;
    private final int colorType;
    private final int[][] passes;

    /** Entries that the file leaves out are black. */
    private final byte[] palette = new byte[256 * Picture.CHANNELS];

    private long firstData = -1;
    private long compressed;
    private int orientation = Orientation.UPRIGHT;

    /** The chunk that is being inflated. */
    private long chunk;

    private PngDecoder(EncodedImage image) throws ImageFormatException {
        this.image = image;
        long header = SIGNATURE.length();
        if (!image.has(header + 4, "IHDR") || image.i32Big(header) != 13) {
            throw image.refused("PNG without a header (expected: IHDR of 13 bytes first)");
        }
        requireSum(header);
        long rows = image.u32Big(header + 12);
        long columns = image.u32Big(header + 8);
        image.requireSize("PNG", rows, columns);
        height = (int) rows;
        width = (int) columns;
        depth = image.u8(header + 16);
        colorType = image.u8(header + 17);
        boolean known =
                switch (colorType) {
                    case GREY -> depth <= 16 && Integer.bitCount(depth) == 1;
                    case PALETTE -> depth <= 8 && Integer.bitCount(depth) == 1;
                    case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
                    default -> false;
                };
        int compression = image.u8(header + 18);
        int filter = image.u8(header + 19);
        int interlace = image.u8(header + 20);
        if (!known || compression != 0 || filter != 0 || interlace > 1) {
            throw image.refused(
                    "PNG of colour type %s, %s bits, compression %s, filter %s, interlace %s"
                            + " (expected: a combination that PNG defines)",
                    colorType, depth, compression, filter, interlace);
        }
        passes = interlace == 0 ? ONE_PASS : PASSES;
    }

    static Picture decode(EncodedImage image) throws ImageFormatException {
        PngDecoder decoder = new PngDecoder(image);
        decoder.readChunks();
        return Orientation.upright(decoder.pixels(), decoder.orientation);
    }

    private int samples() {
        return switch (colorType) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
    }

    private int rowBytes(int columns) {
        return (int) (((long) columns * samples() * depth + 7) / 8);
    }

    /** Walks over all chunks once; a file may well end without IEND. */
    private void readChunks() throws ImageFormatException {
        long at = SIGNATURE.length();
        boolean paletteRead = false;
        while (at < image.length() && !image.has(at + 4, "IEND")) {
            long length = image.u32Big(at);
            image.require(at + 8, length + 4);
            if (image.has(at + 4, "IDAT")) {
                requireSum(at);
                firstData = firstData < 0 ? at : firstData;
                compressed += length;
            } else if (image.has(at + 4, "PLTE")) {
                requireSum(at);
                if (length > palette.length || length % Picture.CHANNELS != 0) {
                    throw image.refused(
                            "PNG palette of %s bytes (expected: a multiple of 3, at most %s)",
                            length, palette.length);
                }
                System.arraycopy(image.bytes(), (int) at + 8, palette, 0, (int) length);
                paletteRead = true;
            } else if (image.has(at + 4, "eXIf")) {
                orientation = Orientation.read(image, at + 8, length);
            }
            at += length + 12;
        }
        if (firstData < 0 || (colorType == PALETTE && !paletteRead)) {
            throw image.refused(
                    "PNG without %s", firstData < 0 ? "pixels (no IDAT)" : "its palette (no PLTE)");
        }
    }

    private void requireSum(long at) throws ImageFormatException {
        long length = image.u32Big(at);
        image.require(at + 8, length + 4);
        CRC32 sum = new CRC32();
        sum.update(image.bytes(), (int) at + 4, (int) length + 4);
        long stated = image.u32Big(at + 8 + length);
        if (sum.getValue() != stated) {
            throw image.refused(
                    "PNG chunk at byte %s has the sum %08x (expected: %08x, as it states)",
                    at, sum.getValue(), stated);
        }
    }

    private Picture pixels() throws ImageFormatException {
        long raw = 0;
        for (int[] pass : passes) {
            int columns = count(width, pass[1], pass[3]);
            raw += columns == 0 ? 0 : count(height, pass[0], pass[2]) * (1L + rowBytes(columns));
        }
        if (raw / MOST_EXPANSION > compressed) {
            throw image.refused(
                    "PNG ends early: %s bytes of pixels from %s (expected: at least %s)",
                    raw, compressed, raw / MOST_EXPANSION);
        }
        byte[] rgb = EncodedImage.allocate(height, width);
        Inflater inflater = new Inflater();
        try {
            chunk = firstData;
            inflater.setInput(image.bytes(), (int) chunk + 8, image.i32Big(chunk));
            for (int[] pass : passes) {
                readPass(inflater, pass, rgb);
            }
        } finally {
            inflater.end();
        }
        return Picture.over(height, width, rgb);
    }

    private static int count(int size, int first, int step) {
        return (size - first + step - 1) / step;
    }

    private void readPass(Inflater inflater, int[] pass, byte[] rgb) throws ImageFormatException {
        int columns = count(width, pass[1], pass[3]);
        if (columns == 0) {
            return; // no rows either, not even their filter bytes
        }
        int distance = Math.max(1, samples() * depth / 8);
        int length = 1 + rowBytes(columns);
        byte[] row = new byte[length];
        byte[] above = new byte[length];
        for (int y = pass[0]; y < height; y += pass[2]) {
            inflate(inflater, row);
            if (!PngFilter.undo(row, above, distance)) {
                throw image.refused("PNG row %s has filter %s (expected: 0 to 4)", y, row[0]);
            }
            expand(row, columns, rgb, (y * width + pass[1]) * Picture.CHANNELS, pass[3]);
            byte[] free = above;
            above = row;
            row = free;
        }
    }

    private void inflate(Inflater inflater, byte[] row) throws ImageFormatException {
        int have = 0;
        try {
            while (have < row.length) {
                int got = inflater.inflate(row, have, row.length - have);
                have += got;
                if (got == 0 && !(inflater.needsInput() && nextChunk(inflater))) {
                    throw image.refused(
                            "PNG ends early: its compressed pixels stop before the last row");
                }
            }
        } catch (DataFormatException malformed) {
            throw image.refused("PNG pixels cannot be inflated", malformed);
        }
    }

    /** Finds the next IDAT; they have all been checked. */
    private boolean nextChunk(Inflater inflater) throws ImageFormatException {
        do {
            chunk += 12 + image.u32Big(chunk);
            if (chunk >= image.length() || image.has(chunk + 4, "IEND")) {
                return false;
            }
        } while (!image.has(chunk + 4, "IDAT"));
        inflater.setInput(image.bytes(), (int) chunk + 8, image.i32Big(chunk));
        return true;
    }

    /** Writes a row's pixels to {@code at} and every {@code step}-th pixel from there on. */
    private void expand(byte[] row, int columns, byte[] rgb, int at, int step) {
        int bytes = depth == 16 ? 2 : 1; // the upper one comes first, and is kept
        int distance = samples() * bytes;
        int advance = step * Picture.CHANNELS;
        int to = at;
        if (colorType == RGB && depth == 8 && step == 1) {
            System.arraycopy(row, 1, rgb, to, columns * Picture.CHANNELS);
        } else if (samples() >= Picture.CHANNELS) {
            for (int i = 0, from = 1; i < columns; i++, from += distance, to += advance) {
                rgb[to] = row[from];
                rgb[to + 1] = row[from + bytes];
                rgb[to + 2] = row[from + 2 * bytes];
            }
        } else if (colorType == PALETTE) {
            for (int i = 0; i < columns; i++, to += advance) {
                System.arraycopy(
                        palette, Picture.CHANNELS * sample(row, i), rgb, to, Picture.CHANNELS);
            }
        } else if (depth >= 8) {
            for (int i = 0, from = 1; i < columns; i++, from += distance, to += advance) {
                rgb[to] = rgb[to + 1] = rgb[to + 2] = row[from];
            }
        } else {
            int scale = 255 / ((1 << depth) - 1);
            for (int i = 0; i < columns; i++, to += advance) {
                rgb[to] = rgb[to + 1] = rgb[to + 2] = (byte) (scale * sample(row, i));
            }
        }
    }

    /** A sample of at most 8 bits; the first of a byte is in its upper bits. */
    private int sample(byte[] row, int i) {
        int bit = i * depth;
        return row[1 + (bit >> 3)] >> (8 - depth - (bit & 7)) & (1 << depth) - 1;
    }
}
