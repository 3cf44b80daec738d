package io.strider.embedding;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageReader;

/**
 * WebP, by RFC 9649. The container is taken apart here; its first picture, lossy or lossless, goes
 * to TwelveMonkeys' reader in a container of its own, so that profiles, alpha and animation stay
 * out of it. A frame that is smaller than its canvas stands on black.
 */
final class WebpDecoder {
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int FILE_HEADER = 12;

    private final EncodedImage image;

    /** Of the whole canvas; 0 as long as nobody has said. */
    private int canvasHeight;

    private int canvasWidth;
    private int top;
    private int left;
    private int height;
    private int width;
    private int orientation = Orientation.UPRIGHT;

    /** The chunk of the picture, 0 as long as there is none. */
    private long chunk;

    private WebpDecoder(EncodedImage image) {
        this.image = image;
    }

    static Picture decode(EncodedImage image) throws ImageFormatException {
        WebpDecoder decoder = new WebpDecoder(image);
        decoder.readChunks(FILE_HEADER, image.length(), false);
        return Orientation.upright(decoder.pixels(), decoder.orientation);
    }

    /** Frames do not stand in frames: without that rule a file could exhaust the stack. */
    private void readChunks(long from, long end, boolean inFrame) throws ImageFormatException {
        long at = from;
        while (at + CHUNK_HEADER <= end) {
            long length = image.u32Little(at + 4);
            long content = at + CHUNK_HEADER;
            image.require(content, length);
            if (image.has(at, "VP8X")) {
                canvasWidth = u24(content + 4) + 1;
                canvasHeight = u24(content + 7) + 1;
                image.requireSize("WebP", canvasHeight, canvasWidth);
            } else if (image.has(at, "EXIF")) {
                long skipped = image.has(content, "Exif\0\0") ? 6 : 0; // some write it, some not
                orientation = Orientation.read(image, content + skipped, length - skipped);
            } else if (!inFrame && chunk == 0 && image.has(at, "ANMF")) {
                left = 2 * u24(content);
                top = 2 * u24(content + 3);
                readChunks(content + FRAME_HEADER, content + length, true);
            } else if (chunk == 0 && (image.has(at, "VP8 ") || image.has(at, "VP8L"))) {
                chunk = at;
                readSize(content);
            }
            at = content + length + (length & 1);
        }
    }

    private int u24(long at) throws ImageFormatException {
        return image.u16Little(at) | image.u8(at + 2) << 16;
    }

    private void readSize(long content) throws ImageFormatException {
        if (image.has(chunk, "VP8L")) {
            long bits = image.u32Little(content + 1);
            width = (int) (bits & 0x3fff) + 1;
            height = (int) (bits >> 14 & 0x3fff) + 1;
            if (image.u8(content) != 0x2f) {
                throw image.refused("WebP signature %s (expected: 47)", image.u8(content));
            }
        } else {
            width = image.u16Little(content + 6) & 0x3fff;
            height = image.u16Little(content + 8) & 0x3fff;
            if ((image.u8(content) & 1) != 0 || !image.has(content + 3, "\u009d\u0001*")) {
                throw image.refused("WebP picture without a key frame (expected: one)");
            }
        }
        image.requireSize("WebP", height, width);
    }

    private Picture pixels() throws ImageFormatException {
        if (chunk == 0) {
            throw image.refused("WebP without a picture (expected: a VP8 or VP8L chunk)");
        }
        if (canvasHeight == 0) {
            canvasHeight = height;
            canvasWidth = width;
        }
        if (top + height > canvasHeight || left + width > canvasWidth) {
            throw image.refused(
                    "WebP frame of height %s and width %s at row %s, column %s (expected: inside"
                            + " height %s, width %s)",
                    height, width, top, left, canvasHeight, canvasWidth);
        }
        BufferedImage decoded = read();
        Raster raster = decoded.getRaster();
        if (raster.getHeight() != height || raster.getWidth() != width) {
            throw image.refused("WebP decoded as %s (expected: %s×%s)", decoded, height, width);
        }
        byte[] rgb = EncodedImage.allocate(canvasHeight, canvasWidth);
        int[] row = new int[width * raster.getNumBands()];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            int to = ((top + y) * canvasWidth + left) * Picture.CHANNELS;
            for (int from = 0; from < row.length; from += raster.getNumBands()) {
                rgb[to++] = (byte) row[from];
                rgb[to++] = (byte) row[from + 1];
                rgb[to++] = (byte) row[from + 2];
            }
        }
        return Picture.over(canvasHeight, canvasWidth, rgb);
    }

    private BufferedImage read() throws ImageFormatException {
        try {
            ImageReader reader = Readers.webp();
            try {
                reader.setInput(new ByteInput(container()), true, true);
                BufferedImage decoded = reader.read(0);
                if (decoded.getRaster().getNumBands() < Picture.CHANNELS) {
                    throw new IOException("fewer than three bands");
                }
                return decoded;
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException malformed) {
            // Malformed streams meet index and null pointer exceptions in there.
            throw image.refused("WebP cannot be decoded", malformed);
        }
    }

    /** A file of nothing but the picture. */
    private byte[] container() throws ImageFormatException {
        int length = image.i32Little(chunk + 4);
        int padded = CHUNK_HEADER + length + (length & 1);
        ByteBuffer file = ByteBuffer.allocate(FILE_HEADER + padded).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + padded);
        file.put("WEBP".getBytes(StandardCharsets.US_ASCII));
        file.put(image.bytes(), (int) chunk, CHUNK_HEADER + length);
        return file.array();
    }
}
