package io.strider.embedding;

/**
 * To what size a picture is brought before a network sees it. Sizes are 1 to {@value #MOST}; the
 * fractions of a pixel that an aspect ratio leaves are cut off, as torchvision and Hugging Face's
 * transformers do. Immutable.
 */
public sealed interface Resizing {
    /** The largest side that can be asked for. */
    int MOST = 16_384;

    /** The picture keeps its size. */
    record None() implements Resizing {}

    /**
     * To exactly this size, whatever becomes of the aspect ratio.
     *
     * @param height rows
     * @param width columns
     */
    record Stretch(int height, int width) implements Resizing {
        /** Checks the size. */
        public Stretch {
            check(height, width);
        }
    }

    /**
     * To the least size that covers this one, the aspect ratio kept: one side is as asked for, the
     * other at least that. Usually followed by a crop.
     *
     * @param height rows to be covered
     * @param width columns to be covered
     */
    record Cover(int height, int width) implements Resizing {
        /** Checks the size. */
        public Cover {
            check(height, width);
        }
    }

    /**
     * To the greatest size that fits into this one, the aspect ratio kept; what is missing is
     * padded on both sides, the odd pixel at the bottom or right ("letterbox").
     *
     * @param height rows of the padded picture
     * @param width columns of the padded picture
     * @param fill grey level of the padding, 0 to 255
     */
    record Contain(int height, int width, int fill) implements Resizing {
        /** Checks the size and the level. */
        public Contain {
            check(height, width);
            Checks.range("fill", fill, 0, 255);
        }
    }

    /** The picture keeps its size. */
    static Resizing none() {
        return new None();
    }

    /** To exactly this size. */
    static Resizing stretch(int height, int width) {
        return new Stretch(height, width);
    }

    /** The shorter edge to so many pixels, the longer one in proportion. */
    static Resizing shorterEdge(int size) {
        return new Cover(size, size);
    }

    /** The longer edge to so many pixels, then padded to a square with a grey level. */
    static Resizing longerEdge(int size, int fill) {
        return new Contain(size, size, fill);
    }

    private static void check(int height, int width) {
        Checks.range("height", height, 1, MOST);
        Checks.range("width", width, 1, MOST);
    }
}
