package io.strider.embedding;

import io.strider.embedding.JpegHeader.Colors;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * JPEG through the JDK's reader, which is libjpeg: it undoes the Huffman codes and the cosine
 * transform and brings all components to one size. It is asked for the components as they are, and
 * the colours are computed here with libjpeg's integers. That gives what Pillow gives, bit for bit,
 * needs no second buffer, and keeps profiles, thumbnails and notes, over which readers stumble, out
 * of it.
 */
final class JpegDecoder {
    private static final PixelLoops LOOPS = PixelLoops.best();

    private JpegDecoder() {}

    static Picture decode(EncodedImage image) throws ImageFormatException {
        JpegHeader header = new JpegHeader(image);
        byte[] components = components(image, header);
        int pixels = header.height() * header.width();
        byte[] rgb = toRgb(header.colors(), components, pixels);
        return Orientation.upright(
                Picture.over(header.height(), header.width(), rgb), header.orientation());
    }

    private static byte[] components(EncodedImage image, JpegHeader header)
            throws ImageFormatException {
        ByteInput input = new ByteInput(header.essential());
        ImageReader reader;
        try {
            reader = Readers.jpeg();
        } catch (IOException absent) {
            throw image.refused("JPEG cannot be decoded", absent);
        }
        Raster raster;
        try {
            reader.setInput(input, true, true);
            raster = reader.readRaster(0, null);
        } catch (IOException | RuntimeException malformed) {
            // Some malformed streams meet an unchecked exception in there.
            throw image.refused("JPEG cannot be decoded", malformed);
        } finally {
            reader.dispose();
        }
        if (input.isExhausted()) {
            throw image.refused("JPEG ends early: its compressed pixels stop before the last row");
        }
        DataBuffer buffer = raster.getDataBuffer();
        if (raster.getHeight() == header.height()
                && raster.getWidth() == header.width()
                && raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && model.getPixelStride() == header.components()
                && buffer instanceof DataBufferByte bytes
                && bytes.getSize() == header.height() * header.width() * header.components()) {
            return bytes.getData();
        }
        throw image.refused(
                "JPEG decoded as %s (expected: %s interleaved components of height %s, width %s)",
                raster, header.components(), header.height(), header.width());
    }

    /** Computes the colours, in place where there are three components. */
    private static byte[] toRgb(Colors colors, byte[] components, int pixels) {
        return switch (colors) {
            case RGB -> components;
            case GREY -> greyToRgb(components, pixels);
            case YCC -> {
                LOOPS.yccToRgb(components);
                yield components;
            }
            case CMYK -> cmykToRgb(components, pixels);
            case YCCK -> {
                // Stored is what is missing from white, so red is what is to be printed of cyan.
                ScalarPixelLoops.yccToRgb(components, 0, components.length, 4);
                for (int i = 0; i < components.length; i += 4) {
                    components[i] = (byte) ~components[i];
                    components[i + 1] = (byte) ~components[i + 1];
                    components[i + 2] = (byte) ~components[i + 2];
                }
                yield cmykToRgb(components, pixels);
            }
        };
    }

    private static byte[] greyToRgb(byte[] grey, int pixels) {
        byte[] rgb = EncodedImage.allocate(1, pixels);
        for (int i = 0; i < pixels; i++) {
            byte value = grey[i];
            rgb[3 * i] = value;
            rgb[3 * i + 1] = value;
            rgb[3 * i + 2] = value;
        }
        return rgb;
    }

    /** Adobe stores 255 − C, 255 − M, 255 − Y and 255 − K; rounding as Pillow's. */
    private static byte[] cmykToRgb(byte[] stored, int pixels) {
        byte[] rgb = EncodedImage.allocate(1, pixels);
        for (int i = 0; i < pixels; i++) {
            int light = stored[4 * i + 3] & 0xff;
            for (int c = 0; c < Picture.CHANNELS; c++) {
                int ink = 255 - (stored[4 * i + c] & 0xff);
                int product = ink * light + 128;
                rgb[3 * i + c] = (byte) (light - ((product + (product >> 8)) >> 8));
            }
        }
        return rgb;
    }
}
