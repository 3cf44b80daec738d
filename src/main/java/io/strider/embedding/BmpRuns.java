package io.strider.embedding;

/** BMP's run lengths, of bytes (RLE8) and of nibbles (RLE4). */
final class BmpRuns {
    private static final int END_OF_ROW = 0;
    private static final int END = 1;
    private static final int MOVE = 2;

    private BmpRuns() {}

    /**
     * Reads all rows, the lowest first; pixels that nobody writes are of colour 0, and what goes
     * beyond the end of a row is dropped.
     *
     * @return one byte for each pixel
     */
    static byte[] read(EncodedImage image, long first, int bits, int height, int width)
            throws ImageFormatException {
        byte[] indices = new byte[Math.multiplyExact(height, width)];
        long at = first;
        int row = 0;
        int column = 0;
        while (row < height) {
            int count = image.u8(at);
            int value = image.u8(at + 1);
            at += 2;
            if (count == 0 && value == END) {
                break;
            }
            if (count == 0 && value == END_OF_ROW) {
                row++;
                column = 0;
            } else if (count == 0 && value == MOVE) {
                column = Math.min(width, column + image.u8(at));
                row += image.u8(at + 1);
                at += 2;
            } else if (count == 0) {
                int bytes = (value * bits + 7) / 8;
                image.require(at, bytes);
                for (int i = 0; i < value; i++) {
                    int pair = image.u8(at + i * bits / 8);
                    column = put(indices, row * width, column, width, sample(pair, i, bits));
                }
                at += bytes + (bytes & 1);
            } else {
                for (int i = 0; i < count; i++) {
                    column = put(indices, row * width, column, width, sample(value, i, bits));
                }
            }
        }
        return indices;
    }

    private static int sample(int value, int i, int bits) {
        return bits == 8 ? value : (i & 1) == 0 ? value >> 4 : value & 15;
    }

    private static int put(byte[] indices, int row, int column, int width, int value) {
        if (column == width) {
            return column;
        }
        indices[row + column] = (byte) value;
        return column + 1;
    }
}
