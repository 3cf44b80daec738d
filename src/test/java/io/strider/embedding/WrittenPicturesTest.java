package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ImageIO writes, read back: the kinds of pixels that Pillow does not write. */
class WrittenPicturesTest {
    private final Random random = new Random(11);

    static byte[] write(BufferedImage image, String format, boolean progressive, String compression)
            throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam options = writer.getDefaultWriteParam();
        if (options.canWriteProgressive()) {
            options.setProgressiveMode(
                    progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        }
        if (compression != null) {
            options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            options.setCompressionType(compression);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(output);
            writer.write(null, new IIOImage(image, null, null), options);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Random pixels of any kind. */
    private BufferedImage random(BufferedImage image) {
        WritableRaster raster = image.getRaster();
        int most =
                image.getColorModel() instanceof IndexColorModel colors ? colors.getMapSize() : -1;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int b = 0; b < raster.getNumBands(); b++) {
                    int limit = most > 0 ? most : 1 << raster.getSampleModel().getSampleSize(b);
                    // Runs, so that run-length coders have some.
                    boolean repeat = x > 0 && random.nextInt(3) > 0;
                    raster.setSample(
                            x,
                            y,
                            b,
                            repeat ? raster.getSample(x - 1, y, b) : random.nextInt(limit));
                }
            }
        }
        return image;
    }

    private IndexColorModel palette(int bits, int colors) {
        byte[][] values = new byte[3][colors];
        for (byte[] component : values) {
            random.nextBytes(component);
        }
        return new IndexColorModel(bits, colors, values[0], values[1], values[2]);
    }

    private static BufferedImage components(int height, int width, int type, int bands) {
        int space = bands < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB;
        boolean alpha = bands % 2 == 0;
        ColorModel model =
                new ComponentColorModel(
                        ColorSpace.getInstance(space),
                        alpha,
                        false,
                        alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
                        type);
        WritableRaster raster =
                Raster.createInterleavedRaster(type, width, height, bands, new Point());
        return new BufferedImage(model, raster, false, null);
    }

    /** The upper 8 bits of each sample; the first band for all three colours where it is grey. */
    private static byte[] upperBits(BufferedImage image) {
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int bits = raster.getSampleModel().getSampleSize(0);
        byte[] rgb = new byte[image.getHeight() * image.getWidth() * 3];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int c = 0; c < 3; c++) {
                    int value = raster.getSample(x, y, bands < 3 ? 0 : c);
                    rgb[(y * image.getWidth() + x) * 3 + c] = (byte) (value >> (bits - 8));
                }
            }
        }
        return rgb;
    }

    private static byte[] colors(BufferedImage image) {
        byte[] rgb = new byte[image.getHeight() * image.getWidth() * 3];
        int to = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int color = image.getRGB(x, y);
                rgb[to++] = (byte) (color >> 16);
                rgb[to++] = (byte) (color >> 8);
                rgb[to++] = (byte) color;
            }
        }
        return rgb;
    }

    private static void assertDecodes(byte[] file, BufferedImage image, byte[] expected) {
        Picture picture = Goldens.decode(file, "written");
        assertThat(picture.height()).isEqualTo(image.getHeight());
        assertThat(picture.width()).isEqualTo(image.getWidth());
        assertThat(picture.toArray()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "8, 1, false", "8, 2, false", "8, 3, false", "8, 4, false",
        "16, 1, false", "16, 2, false", "16, 3, false", "16, 4, false",
        "8, 1, true", "8, 2, true", "8, 3, true", "8, 4, true",
        "16, 1, true", "16, 2, true", "16, 3, true", "16, 4, true"
    })
    void pngOfAnyComponents(int bits, int bands, boolean interlaced) throws IOException {
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        int[][] sizes = {{13, 21}, {1, 1}, {3, 2}, {9, 1}, {1, 10}};
        for (int[] size : sizes) {
            BufferedImage image = random(components(size[0], size[1], type, bands));
            byte[] file = write(image, "png", interlaced, null);
            assertDecodes(file, image, upperBits(image));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 2, false", "2, 4, false", "4, 11, false", "8, 200, false",
        "1, 2, true", "2, 4, true", "4, 11, true", "8, 200, true"
    })
    void pngWithAPalette(int bits, int colors, boolean interlaced) throws IOException {
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        BufferedImage image = random(new BufferedImage(21, 13, type, palette(bits, colors)));
        assertDecodes(write(image, "png", interlaced, null), image, colors(image));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pngInBlackAndWhite(boolean interlaced) throws IOException {
        BufferedImage image = random(new BufferedImage(21, 13, BufferedImage.TYPE_BYTE_BINARY));
        assertDecodes(write(image, "png", interlaced, null), image, colors(image));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 2, BI_RGB",
        "4, 11, BI_RGB",
        "8, 200, BI_RGB",
        "8, 200, BI_RLE8",
    })
    void bmpWithAPalette(int bits, int colors, String compression) throws IOException {
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        BufferedImage image = random(new BufferedImage(23, 13, type, palette(bits, colors)));
        assertDecodes(write(image, "bmp", false, compression), image, colors(image));
    }

    @Test
    void bmpOf24Bits() throws IOException {
        BufferedImage image = random(new BufferedImage(7, 10, BufferedImage.TYPE_3BYTE_BGR));
        assertDecodes(write(image, "bmp", false, "BI_RGB"), image, colors(image));
    }

    @ParameterizedTest
    @CsvSource({"BI_RGB, 555", "BI_BITFIELDS, 555", "BI_BITFIELDS, 565"})
    void bmpOf16Bits(String compression, int widths) throws IOException {
        int type =
                widths == 555
                        ? BufferedImage.TYPE_USHORT_555_RGB
                        : BufferedImage.TYPE_USHORT_565_RGB;
        BufferedImage image = random(new BufferedImage(7, 10, type));
        byte[] expected = new byte[7 * 10 * 3];
        for (int i = 0; i < expected.length; i++) {
            int most = widths == 565 && i % 3 == 1 ? 63 : 31;
            int sample = image.getRaster().getSample(i / 3 % 7, i / 21, i % 3);
            expected[i] = (byte) (sample * 255 / most);
        }
        assertDecodes(write(image, "bmp", false, compression), image, expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 4", "4, 16", "8, 256"})
    void gifOfAnyBits(int bits, int colors) throws IOException {
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        int[][] sizes = {{13, 21}, {1, 1}, {90, 170}};
        for (int[] size : sizes) {
            BufferedImage image =
                    random(new BufferedImage(size[1], size[0], type, palette(bits, colors)));
            assertDecodes(write(image, "gif", false, null), image, colors(image));
            assertDecodes(write(image, "gif", true, null), image, colors(image));
        }
    }

    /** So many pixels without a run that the table of codes fills up. */
    @Test
    void gifWithAFullTable() throws IOException {
        BufferedImage image =
                new BufferedImage(200, 150, BufferedImage.TYPE_BYTE_INDEXED, palette(8, 256));
        for (int y = 0; y < 150; y++) {
            for (int x = 0; x < 200; x++) {
                image.getRaster().setSample(x, y, 0, random.nextInt(256));
            }
        }
        assertDecodes(write(image, "gif", false, null), image, colors(image));
    }

    /** A JPEG of one colour decodes to that colour within the rounding of its transform. */
    @Test
    void jpegByImageIo() throws IOException {
        BufferedImage image = new BufferedImage(33, 20, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 33 * 20; i++) {
            image.setRGB(i % 33, i / 33, 0x3c78b4);
        }
        Picture picture = Goldens.decode(write(image, "jpeg", true, null), "written");
        assertThat(Goldens.greatestDifference(picture.toArray(), colors(image)))
                .isLessThanOrEqualTo(3);
    }
}
