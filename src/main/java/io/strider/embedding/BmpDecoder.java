package io.strider.embedding;

/**
 * BMP, by Microsoft's description of device-independent bitmaps: 1, 2, 4 and 8 bits with a palette,
 * run lengths of 4 and 8 bits, 16 and 32 bits with any masks, 24 bits; from the bottom or the top.
 * JPEG and PNG inside a BMP are refused.
 */
final class BmpDecoder {
    private static final int FILE_HEADER = 14;
    private static final int CORE_HEADER = 12;
    private static final int INFO_HEADER = 40;

    private static final int UNCOMPRESSED = 0;
    private static final int RUNS_OF_BYTES = 1;
    private static final int RUNS_OF_NIBBLES = 2;
    private static final int MASKS = 3;
    private static final int MASKS_WITH_ALPHA = 6;

    private static final int[] MASKS_OF_16 = {0x7c00, 0x3e0, 0x1f};
    private static final int[] MASKS_OF_32 = {0xff0000, 0xff00, 0xff};

    private final EncodedImage image;
    private final boolean core;
    private final long pixels;
    private final int height;
    private final int width;
    private final boolean topDown;
    private final int bits;
    private final int compression;
    private final long headerEnd;
    private long paletteLength;

    private BmpDecoder(EncodedImage image) throws ImageFormatException {
        this.image = image;
        pixels = image.u32Little(10);
        long header = image.u32Little(FILE_HEADER);
        core = header == CORE_HEADER;
        if (!core && (header < INFO_HEADER || header > 1024)) {
            throw image.refused("BMP header of %s bytes (expected: 12, or 40 to 1024)", header);
        }
        long columns = core ? image.u16Little(18) : image.i32Little(18);
        long rows = core ? image.u16Little(20) : image.i32Little(22);
        topDown = rows < 0;
        image.requireSize("BMP", Math.abs(rows), columns);
        height = (int) Math.abs(rows);
        width = (int) columns;
        bits = image.u16Little(core ? 24 : 28);
        compression = core ? UNCOMPRESSED : image.i32Little(30);
        paletteLength = core ? 0 : image.u32Little(46);
        boolean masked = compression == MASKS || compression == MASKS_WITH_ALPHA;
        boolean known =
                switch (compression) {
                    case UNCOMPRESSED ->
                            bits <= 32 && " 1 2 4 8 16 24 32 ".contains(" " + bits + " ");
                    case RUNS_OF_BYTES -> bits == 8 && !topDown;
                    case RUNS_OF_NIBBLES -> bits == 4 && !topDown;
                    case MASKS, MASKS_WITH_ALPHA -> bits == 16 || bits == 32;
                    default -> false;
                };
        if (!known) {
            throw image.refused(
                    "BMP of %s bits, compression %s, from the %s (expected: a combination that is"
                            + " defined, and no JPEG or PNG)",
                    bits, compression, topDown ? "top" : "bottom");
        }
        headerEnd = FILE_HEADER + header + (masked && header == INFO_HEADER ? 12 : 0);
    }

    static Picture decode(EncodedImage image) throws ImageFormatException {
        BmpDecoder decoder = new BmpDecoder(image);
        return decoder.pixels();
    }

    private Picture pixels() throws ImageFormatException {
        boolean runs = compression == RUNS_OF_BYTES || compression == RUNS_OF_NIBBLES;
        if (runs) {
            byte[] palette = palette();
            byte[] indices = BmpRuns.read(image, pixels, bits, height, width);
            byte[] rgb = EncodedImage.allocate(height, width);
            for (int y = 0; y < height; y++) {
                indexed(indices, 8, (long) y * width, palette, rgb, height - 1 - y);
            }
            return Picture.over(height, width, rgb);
        }
        long rowBytes = ((long) width * bits + 7) / 8;
        long stride = (rowBytes + 3) / 4 * 4;
        image.require(pixels, stride * (height - 1) + rowBytes);
        byte[] palette = bits <= 8 ? palette() : new byte[0];
        BmpMasks masks = bits == 16 || bits == 32 ? masks() : null;
        byte[] rgb = EncodedImage.allocate(height, width);
        for (int y = 0; y < height; y++) {
            int row = topDown ? y : height - 1 - y;
            long from = pixels + stride * y;
            if (bits <= 8) {
                indexed(image.bytes(), bits, from * 8 / bits, palette, rgb, row);
            } else if (masks != null) {
                masks.apply(image.bytes(), (int) from, bits / 8, width, rgb, row * width * 3);
            } else {
                reversed((int) from, rgb, row * width * Picture.CHANNELS);
            }
        }
        return Picture.over(height, width, rgb);
    }

    /** Blue, green, red. */
    private void reversed(int first, byte[] rgb, int to) {
        byte[] bytes = image.bytes();
        for (int i = 0; i < width * Picture.CHANNELS; i += Picture.CHANNELS) {
            rgb[to + i] = bytes[first + i + 2];
            rgb[to + i + 1] = bytes[first + i + 1];
            rgb[to + i + 2] = bytes[first + i];
        }
    }

    /** Looks a row's colours up; {@code first} counts samples, of which a byte holds several. */
    private void indexed(
            byte[] source, int depth, long first, byte[] palette, byte[] rgb, int row) {
        int to = row * width * Picture.CHANNELS;
        int mask = (1 << depth) - 1;
        for (long sample = first; sample < first + width; sample++) {
            long bit = sample * depth;
            int index = source[(int) (bit >> 3)] >> (8 - depth - (int) (bit & 7)) & mask;
            System.arraycopy(palette, index * Picture.CHANNELS, rgb, to, Picture.CHANNELS);
            to += Picture.CHANNELS;
        }
    }

    /** Red, green, blue of each colour; those that the file leaves out are black. */
    private byte[] palette() throws ImageFormatException {
        int entryBytes = core ? 3 : 4;
        long most = 1L << bits;
        if (paletteLength > most) {
            throw image.refused(
                    "BMP palette of %s colours (expected: at most %s)", paletteLength, most);
        }
        long stated = paletteLength == 0 ? most : paletteLength;
        // A palette may be left short, where the pixels begin early.
        long present = Math.max(0, (pixels - headerEnd) / entryBytes);
        int count = (int) Math.min(stated, present);
        image.require(headerEnd, (long) count * entryBytes);
        byte[] palette = new byte[256 * Picture.CHANNELS];
        for (int i = 0; i < count; i++) {
            long at = headerEnd + (long) i * entryBytes;
            palette[3 * i] = (byte) image.u8(at + 2);
            palette[3 * i + 1] = (byte) image.u8(at + 1);
            palette[3 * i + 2] = (byte) image.u8(at);
        }
        return palette;
    }

    private BmpMasks masks() throws ImageFormatException {
        int[] masks = bits == 16 ? MASKS_OF_16 : MASKS_OF_32;
        if (compression != UNCOMPRESSED) {
            long at = FILE_HEADER + INFO_HEADER;
            masks =
                    new int[] {
                        image.i32Little(at), image.i32Little(at + 4), image.i32Little(at + 8)
                    };
        }
        for (int mask : masks) {
            int run = mask >>> Integer.numberOfTrailingZeros(mask);
            if (mask == 0 || (run & run + 1) != 0 || (bits == 16 && mask >>> 16 != 0)) {
                throw image.refused(
                        "BMP mask %08x (expected: neighbouring bits of %s)", mask, bits);
            }
        }
        return new BmpMasks(masks);
    }
}
