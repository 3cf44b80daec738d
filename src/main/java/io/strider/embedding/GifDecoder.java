package io.strider.embedding;

/**
 * The first frame of a GIF, by CompuServe's "Graphics Interchange Format, Version 89a". As in
 * Pillow, the canvas around the frame has the transparent colour, or colour 0, and what is
 * transparent is shown in the colour that the palette has there.
 */
final class GifDecoder {
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int FRAME = 0x2c;
    private static final int TRAILER = 0x3b;

    /** Deflation's limit: a code of 12 bits stands for at most so many pixels. */
    private static final long MOST_EXPANSION = 4096 * 8 / 12;

    private static final int MOST_COLORS = 256;

    private final EncodedImage image;
    private int at;
    private int background;
    private byte[] palette;

    private GifDecoder(EncodedImage image) {
        this.image = image;
        palette = greys();
    }

    static Picture decode(EncodedImage image) throws ImageFormatException {
        return new GifDecoder(image).firstFrame();
    }

    /** What stands for a palette where the file has none. */
    private static byte[] greys() {
        byte[] greys = new byte[MOST_COLORS * Picture.CHANNELS];
        for (int i = 0; i < greys.length; i++) {
            greys[i] = (byte) (i / Picture.CHANNELS);
        }
        return greys;
    }

    private Picture firstFrame() throws ImageFormatException {
        int screenWidth = image.u16Little(6);
        int screenHeight = image.u16Little(8);
        int flags = image.u8(10);
        at = 13;
        readPalette(flags);
        skipToFrame();
        int left = image.u16Little(at);
        int top = image.u16Little(at + 2);
        int width = image.u16Little(at + 4);
        int height = image.u16Little(at + 6);
        int frameFlags = image.u8(at + 8);
        at += 9;
        image.requireSize("GIF frame", height, width);
        int canvasHeight = Math.max(screenHeight, top + height);
        int canvasWidth = Math.max(screenWidth, left + width);
        image.requireSize("GIF", canvasHeight, canvasWidth);
        readPalette(frameFlags);
        byte[] indices = indices(height, width);
        byte[] rgb = EncodedImage.allocate(canvasHeight, canvasWidth);
        if (height < canvasHeight || width < canvasWidth) {
            fill(rgb, background);
        }
        boolean interlaced = (frameFlags & 0x40) != 0;
        for (int i = 0; i < height; i++) {
            int row = top + (interlaced ? interlacedRow(i, height) : i);
            int to = (row * canvasWidth + left) * Picture.CHANNELS;
            for (int from = i * width; from < (i + 1) * width; from++) {
                int color = (indices[from] & 0xff) * Picture.CHANNELS;
                rgb[to] = palette[color];
                rgb[to + 1] = palette[color + 1];
                rgb[to + 2] = palette[color + 2];
                to += Picture.CHANNELS;
            }
        }
        return Picture.over(canvasHeight, canvasWidth, rgb);
    }

    private void fill(byte[] rgb, int color) {
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = palette[color * Picture.CHANNELS + i % Picture.CHANNELS];
        }
    }

    /** Rows are sent as every eighth, the eighths between, the fourths and the halves between. */
    private static int interlacedRow(int i, int height) {
        int eighths = (height + 7) / 8;
        int fourths = (height + 3) / 4;
        int halves = (height + 1) / 2;
        if (i < eighths) {
            return 8 * i;
        }
        if (i < fourths) {
            return 8 * (i - eighths) + 4;
        }
        if (i < halves) {
            return 4 * (i - fourths) + 2;
        }
        return 2 * (i - halves) + 1;
    }

    /** Reads the palette that stands here if the flags say so; missing colours are black. */
    private void readPalette(int flags) throws ImageFormatException {
        if ((flags & 0x80) != 0) {
            int length = Picture.CHANNELS << ((flags & 7) + 1);
            image.require(at, length);
            palette = new byte[MOST_COLORS * Picture.CHANNELS];
            System.arraycopy(image.bytes(), at, palette, 0, length);
            at += length;
        }
    }

    private void skipToFrame() throws ImageFormatException {
        while (true) {
            int kind = image.u8(at++);
            if (kind == FRAME) {
                return;
            }
            if (kind == TRAILER) {
                throw image.refused("GIF without a frame (expected: at least one)");
            }
            if (kind == EXTENSION) {
                int label = image.u8(at++);
                if (label == GRAPHIC_CONTROL && image.u8(at) == 4) {
                    background = (image.u8(at + 1) & 1) != 0 ? image.u8(at + 4) : 0;
                }
                for (int length = image.u8(at++); length > 0; length = image.u8(at++)) {
                    at += length;
                }
            }
        }
    }

    private byte[] indices(int height, int width) throws ImageFormatException {
        int codeBits = image.u8(at++);
        if (codeBits < 1 || codeBits > 8) {
            throw image.refused("GIF codes of %s bits (expected: 1 to 8)", codeBits);
        }
        long pixels = (long) height * width;
        int present = image.length() - at;
        if (pixels / MOST_EXPANSION > present) {
            throw image.refused(
                    "GIF ends early: %s bytes for %s pixels (expected: at least %s)",
                    present, pixels, pixels / MOST_EXPANSION);
        }
        return GifCodes.read(image, at, codeBits, (int) pixels);
    }
}
