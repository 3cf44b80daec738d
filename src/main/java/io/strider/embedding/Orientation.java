package io.strider.embedding;

/**
 * How a picture lies in its file, as EXIF counts it: 1 upright, 2 mirrored, 3 upside down, 4
 * mirrored and upside down, 5 to 8 the same with rows and columns exchanged.
 */
final class Orientation {
    static final int UPRIGHT = 1;

    private static final int LAST = 8;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    private Orientation() {}

    /**
     * Reads the tag from a TIFF block, that is from behind "Exif\0\0". What cannot be understood is
     * upright: nobody wants to lose a picture over a camera's notes.
     */
    static int read(EncodedImage image, long from, long length) {
        try {
            image.require(from, length);
            boolean little = image.has(from, "II*\0");
            if (length < 8 || (!little && !image.has(from, "MM\0*"))) {
                return UPRIGHT;
            }
            long end = from + length;
            long directory = from + (little ? image.u32Little(from + 4) : image.u32Big(from + 4));
            int entries = u16(image, directory, end, little);
            for (int i = 0; i < entries; i++) {
                long entry = directory + 2 + (long) ENTRY_BYTES * i;
                if (u16(image, entry, end, little) == TAG) {
                    int value = u16(image, entry + 8, end, little);
                    boolean known = value >= UPRIGHT && value <= LAST;
                    return known && u16(image, entry + 2, end, little) == SHORT ? value : UPRIGHT;
                }
            }
        } catch (ImageFormatException _) {
            // A directory that points outside its block.
        }
        return UPRIGHT;
    }

    private static int u16(EncodedImage image, long at, long end, boolean little)
            throws ImageFormatException {
        if (at > end - 2) {
            throw image.refused("EXIF block ends early");
        }
        return little ? image.u16Little(at) : image.u16Big(at);
    }

    /** The upright picture: the same one if it is so already. */
    static Picture upright(Picture picture, int orientation) {
        int h = picture.height();
        int w = picture.width();
        // Where the first pixel comes from, and what a step along a row and a column is.
        return switch (orientation) {
            case 2 -> walk(picture, h, w, w - 1, -1, w);
            case 3 -> walk(picture, h, w, h * w - 1, -1, -w);
            case 4 -> walk(picture, h, w, (h - 1) * w, 1, -w);
            case 5 -> walk(picture, w, h, 0, w, 1);
            case 6 -> walk(picture, w, h, (h - 1) * w, -w, 1);
            case 7 -> walk(picture, w, h, h * w - 1, -w, -1);
            case 8 -> walk(picture, w, h, w - 1, w, -1);
            default -> picture;
        };
    }

    private static Picture walk(
            Picture picture, int height, int width, int first, int columnStep, int rowStep) {
        byte[] source = picture.values();
        byte[] target = EncodedImage.allocate(height, width);
        int to = 0;
        for (int row = 0; row < height; row++) {
            int from = (first + row * rowStep) * Picture.CHANNELS;
            for (int column = 0; column < width; column++) {
                target[to] = source[from];
                target[to + 1] = source[from + 1];
                target[to + 2] = source[from + 2];
                to += Picture.CHANNELS;
                from += columnStep * Picture.CHANNELS;
            }
        }
        return Picture.over(height, width, target);
    }
}
