package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule of each header broken at a time. */
class MalformedPicturesTest {
    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> new ImageDecoder().decode(bytes, "x"))
                .isInstanceOf(ImageFormatException.class)
                .hasMessageStartingWith("x: ")
                .hasMessageContaining(message);
    }

    private static byte[] changed(String name, int at, int... values) {
        byte[] bytes = Goldens.bytes(name);
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        return bytes;
    }

    private static int indexOf(byte[] bytes, String text) {
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        assertThat(at).isNotNegative();
        return at;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subsampled.jpg",
                "progressive.jpg",
                "translucent.png",
                "straight.gif",
                "plain.bmp",
                "lossless.webp"
            })
    void whatIsCutOffIsRefused(String name) {
        byte[] bytes = Goldens.bytes(name);
        int needed = name.endsWith(".png") ? bytes.length - 16 : bytes.length;
        for (int length = 0; length < needed; length += 1 + length / 17) {
            int most = length;
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> new ImageDecoder().decode(cut, "x"))
                    .as("%s, %s of %s bytes", name, most, bytes.length)
                    .isInstanceOf(ImageFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subsampled.jpg",
                "translucent.png",
                "straight.gif",
                "plain.bmp",
                "lossless.webp"
            })
    void whatFollowsThePictureIsIgnored(String name) {
        byte[] bytes = Goldens.bytes(name);
        byte[] longer = joined(bytes, new byte[1000]);
        assertThat(Goldens.decode(longer, name).toArray())
                .isEqualTo(Goldens.decode(bytes, name).toArray());
    }

    @Test
    void anUnknownFormatIsNamedByItsFirstBytes() {
        assertRefused(new byte[] {1, (byte) 0xab}, "begins with 01 ab (expected: a JPEG, PNG");
        assertRefused(new byte[0], "0 bytes (expected: 1 to 67108864)");
    }

    @Test
    void limitsAreKept() throws IOException {
        byte[] bytes = Goldens.bytes("subsampled.jpg");
        ImageDecoder bytewise = new ImageDecoder(new DecodingLimits(bytes.length - 1, 1000));
        assertThatThrownBy(() -> bytewise.decode(bytes, "x"))
                .isInstanceOf(ImageFormatException.class)
                .hasMessage(
                        "x: %s bytes (expected: 1 to %s)"
                                .formatted(bytes.length, bytes.length - 1));
        assertThatThrownBy(() -> bytewise.decode(new ByteArrayInputStream(bytes), "x"))
                .isInstanceOf(ImageFormatException.class)
                .hasMessageContaining("(expected: 1 to " + (bytes.length - 1) + ")");
        String[] names = {
            "full.jpg",
            "palette.png",
            "straight.gif",
            "plain.bmp",
            "palette.bmp",
            "lossy.webp",
            "lossless.webp",
            "animated.webp"
        };
        for (String name : names) {
            byte[] file = Goldens.bytes(name);
            int pixels = 43 * 61;
            ImageDecoder exact = new ImageDecoder(new DecodingLimits(file.length, pixels));
            assertThat(exact.decode(file, name).width()).isEqualTo(61);
            ImageDecoder less = new ImageDecoder(new DecodingLimits(1 << 20, pixels - 1));
            assertThatThrownBy(() -> less.decode(file, name))
                    .isInstanceOf(ImageFormatException.class)
                    .hasMessageContaining(
                            "of height 43 and width 61 (expected: at most 2622 pixels)");
        }
        assertThatThrownBy(() -> new DecodingLimits(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes: 0 (expected: 1 to 2147483639)");
        assertThatThrownBy(() -> new DecodingLimits(1, 500_000_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxPixels: 500000001 (expected: 1 to 500000000)");
        assertThat(new ImageDecoder().limits()).isEqualTo(DecodingLimits.DEFAULT);
    }

    @Test
    void pathsAreFiles(@TempDir Path folder) throws IOException {
        ImageDecoder decoder = new ImageDecoder();
        assertThatThrownBy(() -> decoder.decode(folder))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is not a file (expected: a picture)");
        assertThatThrownBy(() -> decoder.decode(folder.resolve("none.png")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("does not exist");
        Path empty = Files.createFile(folder.resolve("empty.png"));
        assertThatThrownBy(() -> decoder.decode(empty))
                .isInstanceOf(ImageFormatException.class)
                .hasMessage(empty + ": 0 bytes (expected: 1 to 67108864)");
        Path good = folder.resolve("misnamed.gif");
        Files.write(good, Goldens.bytes("palette.png"));
        assertThat(decoder.decode(good).toArray())
                .isEqualTo(Goldens.decode("palette.png").toArray());
    }

    /** Files of a few bytes that promise the largest picture within the limits. */
    @Test
    void hugePromisesOfSmallFilesAreRefusedFromTheHeader() {
        assertRefused(png(10_000, 10_000, 8, 2, new byte[100]), "PNG ends early");
        byte[] jpeg = Goldens.bytes("full.jpg");
        int frame = indexOf(jpeg, "\u00ff\u00c0");
        assertRefused(changed("full.jpg", frame + 5, 0x27, 0x10, 0x27, 0x10), "JPEG ends early");
        assertRefused(
                changed("straight.gif", gifFrame("straight.gif") + 4, 0x10, 0x27, 0x10, 0x27),
                "GIF ends early");
        assertRefused(changed("plain.bmp", 18, 0x10, 0x27, 0, 0, 0x10, 0x27, 0, 0), "ends early");
        assertRefused(png(70_000, 1, 8, 2, new byte[100]), "(expected: each 1 to 65535)");
    }

    @Test
    void brokenPng() {
        byte[] pixels = deflated(new byte[3 * 4]);
        assertThat(Goldens.decode(png(3, 1, 8, 2, deflated(new byte[10])), "x").width())
                .isEqualTo(3);
        assertRefused(png(0, 1, 8, 2, pixels), "(expected: each 1 to 65535)");
        assertRefused(png(3, 3, 3, 0, pixels), "colour type 0, 3 bits");
        assertRefused(png(3, 3, 16, 3, pixels), "colour type 3, 16 bits");
        assertRefused(png(3, 3, 4, 2, pixels), "colour type 2, 4 bits");
        assertRefused(png(3, 3, 8, 5, pixels), "colour type 5");
        assertRefused(png(3, 3, 8, 3, pixels), "PNG without its palette");
        assertRefused(png(3, 3, 8, 0, deflated(new byte[11])), "stop before the last row");
        assertRefused(png(3, 1, 8, 0, deflated(new byte[] {5, 1, 2, 3})), "has filter 5");
        assertRefused(png(3, 3, 8, 0, new byte[30]), "PNG pixels cannot be inflated");
        assertRefused(changed("plain.bmp", 0, 0x89, 'P', 'N', 'G', 13, 10, 26, 10), "header");
        byte[] sum = png(3, 1, 8, 0, deflated(new byte[4]));
        sum[20] ^= 1;
        assertRefused(sum, "has the sum");
        byte[] noPixels = Arrays.copyOf(sum, 33);
        noPixels[20] ^= 1;
        assertRefused(noPixels, "PNG without pixels");
        byte[] palette =
                joined(noPixels, chunk("PLTE", new byte[7]), chunk("IDAT", deflated(new byte[4])));
        assertRefused(palette, "PNG palette of 7 bytes");
    }

    /** Pixels in several chunks, with an empty and a foreign one between. */
    @Test
    void pngInPieces() {
        byte[] pixels = deflated(new byte[] {0, 10, 20, 30});
        byte[] file =
                joined(
                        Arrays.copyOf(png(3, 1, 8, 0, pixels), 33),
                        chunk("IDAT", Arrays.copyOf(pixels, 5)),
                        chunk("IDAT", new byte[0]),
                        chunk("tEXt", new byte[9]),
                        chunk("IDAT", Arrays.copyOfRange(pixels, 5, pixels.length)));
        assertThat(Goldens.decode(file, "x").toArray())
                .containsExactly(10, 10, 10, 20, 20, 20, 30, 30, 30);
    }

    private static byte[] png(int width, int height, int depth, int type, byte[] pixels) {
        byte[] header =
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) type)
                        .array();
        return joined(
                PngDecoder.SIGNATURE.getBytes(StandardCharsets.ISO_8859_1),
                chunk("IHDR", header),
                chunk("IDAT", pixels),
                chunk("IEND", new byte[0]));
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] named = joined(type.getBytes(StandardCharsets.US_ASCII), content);
        CRC32 sum = new CRC32();
        sum.update(named);
        return ByteBuffer.allocate(named.length + 8)
                .putInt(content.length)
                .put(named)
                .putInt((int) sum.getValue())
                .array();
    }

    private static byte[] deflated(byte[] bytes) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(output)) {
            deflater.write(bytes);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return output.toByteArray();
    }

    @Test
    void brokenJpeg() {
        byte[] jpeg = Goldens.bytes("full.jpg");
        int frame = indexOf(jpeg, "\u00ff\u00c0");
        int scan = indexOf(jpeg, "\u00ff\u00da");
        assertRefused(changed("full.jpg", frame + 1, 0xc3), "JPEG of kind SOF3");
        assertRefused(changed("full.jpg", frame + 1, 0xc9), "JPEG of kind SOF9");
        assertRefused(changed("full.jpg", frame + 4, 12), "3 components of 12 bits");
        assertRefused(changed("full.jpg", frame + 5, 0, 0), "height 0 and width 61");
        assertRefused(changed("full.jpg", frame + 9, 2), "2 components of 8 bits");
        assertRefused(changed("full.jpg", frame + 11, 0x51), "sampling of 1×5");
        assertRefused(changed("full.jpg", frame + 2, 0, 1), "segment of length 1");
        assertRefused(changed("full.jpg", frame + 1, 0xfe), "(expected: a frame before it)");
        byte[] frameBytes = Arrays.copyOfRange(jpeg, frame, scan);
        assertRefused(
                joined(Arrays.copyOf(jpeg, scan), frameBytes, tail(jpeg, scan)), "second frame");
        byte[] end = {(byte) 0xff, (byte) 0xd9};
        assertRefused(joined(Arrays.copyOf(jpeg, 2), end), "JPEG without a frame");
        assertRefused(joined(Arrays.copyOf(jpeg, scan), end), "JPEG without a scan");
        byte[] scans = Arrays.copyOfRange(jpeg, scan, jpeg.length - 2);
        byte[] many = Arrays.copyOf(jpeg, scan);
        for (int i = 0; i <= JpegHeader.MOST_SCANS; i++) {
            many = joined(many, scans);
        }
        assertRefused(joined(many, end), "JPEG of more than 64 scans");
        int tables = indexOf(jpeg, "\u00ff\u00c4");
        assertRefused(changed("full.jpg", tables + 1, 0xfe), "JPEG cannot be decoded");
    }

    private static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    /** Behind the first segment: stray bytes, fill bytes, a comment, a marker without a segment. */
    @Test
    void jpegWithThingsBetween() {
        byte[] jpeg = Goldens.bytes("full.jpg");
        byte[] between = {0, 7, (byte) 0xff, (byte) 0xff, (byte) 0xfe, 0, 3, 9, (byte) 0xff, 1};
        byte[] longer = joined(Arrays.copyOf(jpeg, 20), between, tail(jpeg, 20));
        assertThat(Goldens.decode(longer, "x").toArray())
                .isEqualTo(Goldens.decode(jpeg, "x").toArray());
    }

    private static int gifFrame(String name) {
        byte[] gif = Goldens.bytes(name);
        int at = 13 + ((gif[10] & 0x80) != 0 ? 3 << ((gif[10] & 7) + 1) : 0);
        while (gif[at] == 0x21) {
            at += 2;
            while (gif[at] != 0) {
                at += 1 + (gif[at] & 0xff);
            }
            at++;
        }
        assertThat(gif[at]).isEqualTo((byte) 0x2c);
        return at + 1;
    }

    @Test
    void brokenGif() {
        int frame = gifFrame("straight.gif");
        byte[] gif = Goldens.bytes("straight.gif");
        int local = (gif[frame + 8] & 0x80) != 0 ? 3 << ((gif[frame + 8] & 7) + 1) : 0;
        int codes = frame + 9 + local;
        assertRefused(changed("straight.gif", frame - 1, 0x3b), "GIF without a frame");
        assertRefused(
                changed("straight.gif", frame + 4, 0, 0), "GIF frame of height 43 and width 0");
        assertRefused(changed("straight.gif", codes, 9), "GIF codes of 9 bits");
        assertRefused(changed("straight.gif", codes + 1, 0), "GIF ends early: after 0 of 2623");
        // The first code is one that nobody has defined.
        assertRefused(changed("straight.gif", codes + 2, 0xff, 0xff), "GIF code 511");
        // The end code at once.
        assertRefused(changed("straight.gif", codes + 2, 0x01, 0x01), "GIF ends early");
    }

    @Test
    void aGifFrameStandsOnItsCanvas() {
        byte[] gif = Goldens.bytes("straight.gif");
        int frame = gifFrame("straight.gif");
        gif[6] = 100; // the screen's width
        gif[frame] = 7; // the frame's left
        gif[frame + 2] = 5; // the frame's top: it now exceeds the screen's height
        Picture picture = Goldens.decode(gif, "x");
        Picture whole = Goldens.decode("straight.gif");
        assertThat(picture.height()).isEqualTo(48);
        assertThat(picture.width()).isEqualTo(100);
        for (int row = 0; row < 48; row++) {
            for (int column = 0; column < 100; column++) {
                boolean inside = row >= 5 && column >= 7 && column < 68;
                for (int c = 0; c < 3; c++) {
                    int expected =
                            inside ? whole.get(row - 5, column - 7, c) : picture.get(0, 0, c);
                    assertThat(picture.get(row, column, c)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void brokenBmp() {
        assertRefused(changed("plain.bmp", 14, 39, 0, 0, 0), "BMP header of 39 bytes");
        assertRefused(changed("plain.bmp", 18, 0, 0, 0, 0), "(expected: each 1 to 65535)");
        assertRefused(changed("plain.bmp", 22, 0, 0, 0, 0x80), "height 2147483648");
        assertRefused(changed("plain.bmp", 28, 5, 0), "BMP of 5 bits");
        assertRefused(changed("plain.bmp", 30, 4, 0, 0, 0), "compression 4");
        assertRefused(changed("palette.bmp", 46, 0, 0, 1, 0), "BMP palette of 65536 colours");
        assertRefused(bmp(16, 3, 0x1f, 0x2e, 0x3), "BMP mask 0000002e");
        assertRefused(bmp(16, 3, 0x1f, 0, 0x3), "BMP mask 00000000");
        assertRefused(bmp(16, 3, 0x1f0000, 1, 0x3), "BMP mask 001f0000");
    }

    /** Two pixels of a row, and the same from the top. */
    private static byte[] bmp(int bits, int compression, int... masks) {
        ByteBuffer file = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(100).putInt(0).putInt(66);
        file.putInt(40).putInt(2).putInt(-2).putShort((short) 1).putShort((short) bits);
        file.putInt(compression).putInt(0).putInt(0).putInt(0).putInt(0).putInt(0);
        for (int mask : masks) {
            file.putInt(mask);
        }
        file.position(66);
        file.putInt(0x04030201).putInt(0x14131211).putInt(0x24232221).putInt(0x34333231);
        return file.array();
    }

    @Test
    void bmpOf32BitsFromTheTop() {
        assertThat(Goldens.decode(bmp(32, 0, 0, 0, 0), "x").toArray())
                .containsExactly(3, 2, 1, 0x13, 0x12, 0x11, 0x23, 0x22, 0x21, 0x33, 0x32, 0x31);
        // Ten bits of red at the top, eight of green, one of blue.
        byte[] masked = Goldens.decode(bmp(32, 3, 0xffc00000, 0xff00, 1), "x").toArray();
        assertThat(masked)
                .startsWith((0x04030201 >>> 22) * 255 / 1023, 2, 255)
                .endsWith((0x34333231 >>> 22) * 255 / 1023, 0x32, 255);
    }

    @Test
    void bmpOfTheOldKind() {
        ByteBuffer file = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(60).putInt(0).putInt(32);
        file.putInt(12).putShort((short) 3).putShort((short) 2);
        file.putShort((short) 1).putShort((short) 1);
        file.put(new byte[] {1, 2, 3, 4, 5, 6}); // two colours: blue, green, red
        file.putInt(0b010_00000).putInt(0b110_00000);
        assertThat(Goldens.decode(file.array(), "x").toArray())
                .containsExactly(6, 5, 4, 6, 5, 4, 3, 2, 1, 3, 2, 1, 6, 5, 4, 3, 2, 1);
    }

    /** A move, a run beyond the row's end, literal pixels, an early end. */
    @ParameterizedTest
    @CsvSource({"8, 1", "4, 2"})
    void bmpRuns(int bits, int compression) {
        int colors = 1 << bits;
        int first = 54 + 4 * colors;
        ByteBuffer file = ByteBuffer.allocate(first + 40).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(0).putInt(0).putInt(first);
        file.putInt(40).putInt(5).putInt(4).putShort((short) 1).putShort((short) bits);
        file.putInt(compression).putInt(0).putInt(0).putInt(0).putInt(0).putInt(0);
        for (int i = 0; i < colors; i++) {
            file.putInt(i);
        }
        byte[] literal = bits == 8 ? new byte[] {1, 2, 3, 0} : new byte[] {0x12, 0x30};
        file.put(new byte[] {0, 2, 1, 1}); // one to the right, one up
        file.put(new byte[] {9, (byte) (bits == 8 ? 7 : 0x77)}).put(new byte[] {0, 0});
        file.put(new byte[] {0, 3}).put(literal).put(new byte[] {0, 1});
        byte[] rgb = Goldens.decode(file.array(), "x").toArray();
        int[] blue = new int[20];
        Arrays.setAll(blue, i -> rgb[3 * i + 2]);
        assertThat(blue)
                .containsExactly(0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0, 0);
    }

    @Test
    void brokenWebp() {
        assertRefused(changed("lossless.webp", 20, 0x2e), "WebP signature 46");
        assertRefused(changed("lossy.webp", 20, 0x31), "without a key frame");
        assertRefused(changed("lossless.webp", 12, 'V', 'P', '9'), "WebP without a picture");
        byte[] animated = Goldens.bytes("animated.webp");
        int frame = indexOf(animated, "ANMF");
        assertRefused(changed("animated.webp", frame + 8, 9), "(expected: inside height 43");
        // Frames in frames in frames: no recursion into them.
        int depth = 100_000;
        ByteBuffer nested = ByteBuffer.allocate(12 + 24 * depth).order(ByteOrder.LITTLE_ENDIAN);
        nested.put(animated, 0, 12);
        for (int i = 0; i < depth; i++) {
            nested.put("ANMF".getBytes(StandardCharsets.US_ASCII)).putInt(24 * (depth - i) - 8);
            nested.position(nested.position() + 16);
        }
        assertRefused(nested.array(), "WebP without a picture");
        // The picture's own data: TwelveMonkeys gives up.
        byte[] damaged = Goldens.bytes("lossless.webp");
        Arrays.fill(damaged, 25, damaged.length, (byte) 0xff);
        assertRefused(damaged, "WebP cannot be decoded");
    }
}
