package io.strider.embedding;

import java.io.ByteArrayOutputStream;

/**
 * What a JPEG file says before its pixels, by ITU-T T.81, and the file again without what the
 * pixels do not need.
 *
 * <p>The file is walked from marker to marker to its end, so that a file that was cut off is told
 * before anything is decoded, and one whose many scans would keep a decoder busy for minutes too.
 */
final class JpegHeader {
    /** What the three or four components mean. */
    enum Colors {
        GREY,
        RGB,
        YCC,
        CMYK,
        YCCK
    }

    /** Usual are 1 to 11; each costs a pass over all pixels, however few bytes it has. */
    static final int MOST_SCANS = 64;

    private static final int START_OF_SCAN = 0xda;
    private static final int END = 0xd9;
    private static final int COMMENT = 0xfe;
    private static final int APPLICATION = 0xe0;
    private static final int EXIF = 0xe1;
    private static final int ADOBE = 0xee;

    private final EncodedImage image;
    private final ByteArrayOutputStream essential;
    private int height;
    private int width;
    private int components;
    private String ids = "";
    private boolean jfif;
    private int adobeTransform = -1;
    private int orientation = Orientation.UPRIGHT;
    private boolean exifSeen;
    private int scans;

    JpegHeader(EncodedImage image) throws ImageFormatException {
        this.image = image;
        essential = new ByteArrayOutputStream(image.length());
        essential.write(image.bytes(), 0, 2);
        walk();
        if (components == 0 || scans == 0) {
            throw image.refused(
                    "JPEG without %s (expected: a frame and a scan)",
                    components == 0 ? "a frame" : "a scan");
        }
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    int components() {
        return components;
    }

    int orientation() {
        return orientation;
    }

    /** The file without comments, application data and what follows its end. */
    byte[] essential() {
        return essential.toByteArray();
    }

    /** As libjpeg decides: by the markers, and where there are none by the components' names. */
    Colors colors() {
        return switch (components) {
            case 1 -> Colors.GREY;
            case 3 -> {
                boolean rgb =
                        jfif ? false : adobeTransform < 0 ? ids.equals("RGB") : adobeTransform == 0;
                yield rgb ? Colors.RGB : Colors.YCC;
            }
            default -> adobeTransform > 0 ? Colors.YCCK : Colors.CMYK;
        };
    }

    private void walk() throws ImageFormatException {
        int at = 2;
        while (true) {
            // Stray bytes before a marker are skipped, as libjpeg does.
            while (image.u8(at) != 0xff || image.u8(at + 1) == 0 || image.u8(at + 1) == 0xff) {
                at++;
            }
            int marker = image.u8(at + 1);
            if (marker == END) {
                essential.write(image.bytes(), at, 2);
                return;
            }
            if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                at += 2; // stands alone
                continue;
            }
            int length = image.u16Big(at + 2);
            image.require(at + 2, Math.max(length, 2));
            if (length < 2) {
                throw image.refused("JPEG segment of length %s (expected: >= 2)", length);
            }
            segment(marker, at + 4, length - 2);
            int end = at + 2 + length;
            if (marker == START_OF_SCAN) {
                end = endOfScan(end);
            }
            if (marker != COMMENT && (marker & 0xf0) != APPLICATION) {
                essential.write(image.bytes(), at, end - at);
            }
            at = end;
        }
    }

    /** Where the next marker is that does not belong to the compressed pixels. */
    private int endOfScan(int from) throws ImageFormatException {
        byte[] bytes = image.bytes();
        for (int at = from; at < bytes.length - 1; at++) {
            if (bytes[at] == (byte) 0xff) {
                int next = bytes[at + 1] & 0xff;
                if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
                    return at;
                }
            }
        }
        throw image.refused("JPEG ends early: %s bytes and no end marker", bytes.length);
    }

    private void segment(int marker, int at, int length) throws ImageFormatException {
        if (marker >= 0xc0
                && marker <= 0xcf
                && marker != 0xc4
                && marker != 0xc8
                && marker != 0xcc) {
            frame(marker, at, length);
        } else if (marker == START_OF_SCAN) {
            if (components == 0) {
                throw image.refused("JPEG scan at byte %s (expected: a frame before it)", at);
            }
            scans++;
            if (scans > MOST_SCANS) {
                throw image.refused("JPEG of more than %s scans (expected: fewer)", MOST_SCANS);
            }
        } else if (marker == APPLICATION) {
            jfif |= length >= 14 && image.has(at, "JFIF\0");
        } else if (marker == ADOBE && length >= 12 && image.has(at, "Adobe")) {
            adobeTransform = image.u8(at + 11);
        } else if (marker == EXIF && length >= 6 && !exifSeen && image.has(at, "Exif\0")) {
            exifSeen = true;
            orientation = Orientation.read(image, at + 6, length - 6);
        }
    }

    private void frame(int marker, int at, int length) throws ImageFormatException {
        if (marker > 0xc2) {
            throw image.refused(
                    "JPEG of kind SOF%s (expected: baseline, extended or progressive, Huffman"
                            + " coded)",
                    marker - 0xc0);
        }
        if (components != 0) {
            throw image.refused("JPEG with a second frame at byte %s (expected: one)", at);
        }
        image.require(at, Math.max(length, 6));
        int precision = image.u8(at);
        height = image.u16Big(at + 1);
        width = image.u16Big(at + 3);
        int count = image.u8(at + 5);
        if (precision != 8 || (count != 1 && count != 3 && count != 4) || length != 6 + 3 * count) {
            throw image.refused(
                    "JPEG of %s components of %s bits in %s bytes (expected: 1, 3 or 4 of 8 bits)",
                    count, precision, length);
        }
        image.requireSize("JPEG", height, width);
        components = count;
        requireRoomForBlocks(at + 6);
    }

    /**
     * Every 8×8 block takes at least a bit: a file too short for its blocks is refused before
     * memory for them is taken.
     */
    private void requireRoomForBlocks(int at) throws ImageFormatException {
        int mostRows = 1;
        int mostColumns = 1;
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < components; i++) {
            names.append((char) image.u8(at + 3 * i));
            int factors = image.u8(at + 3 * i + 1);
            int columns = factors >> 4;
            int rows = factors & 15;
            if (columns < 1 || columns > 4 || rows < 1 || rows > 4) {
                throw image.refused(
                        "JPEG sampling of %s×%s (expected: each 1 to 4)", rows, columns);
            }
            mostRows = Math.max(mostRows, rows);
            mostColumns = Math.max(mostColumns, columns);
        }
        ids = names.toString();
        long blocks = 0;
        for (int i = 0; i < components; i++) {
            int factors = image.u8(at + 3 * i + 1);
            long columns = blocksAlong(width, factors >> 4, mostColumns);
            blocks += columns * blocksAlong(height, factors & 15, mostRows);
        }
        if (blocks / 8 > image.length()) {
            throw image.refused(
                    "JPEG ends early: %s bytes (expected: at least %s for height %s and width %s)",
                    image.length(), blocks / 8, height, width);
        }
    }

    private static long blocksAlong(int size, int factor, int most) {
        long samples = ((long) size * factor + most - 1) / most;
        return (samples + 7) / 8;
    }
}
