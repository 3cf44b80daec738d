package io.strider.embedding;

/** PNG's five row filters, backwards. */
final class PngFilter {
    private PngFilter() {}

    /**
     * Restores a row in place.
     *
     * @param row the filter's number, then the filtered bytes
     * @param above the restored row above, its first byte of no meaning; zeros for the first row
     * @param distance bytes from a sample to the same sample of the pixel to the left
     * @return false if there is no such filter
     */
    static boolean undo(byte[] row, byte[] above, int distance) {
        switch (row[0]) {
            case 0 -> {}
            case 1 -> left(row, distance);
            case 2 -> up(row, above);
            case 3 -> average(row, above, distance);
            case 4 -> paeth(row, above, distance);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void left(byte[] row, int distance) {
        for (int i = 1 + distance; i < row.length; i++) {
            row[i] += row[i - distance];
        }
    }

    private static void up(byte[] row, byte[] above) {
        for (int i = 1; i < row.length; i++) {
            row[i] += above[i];
        }
    }

    private static void average(byte[] row, byte[] above, int distance) {
        int first = Math.min(row.length, 1 + distance);
        for (int i = 1; i < first; i++) {
            row[i] += (byte) ((above[i] & 0xff) >> 1);
        }
        for (int i = first; i < row.length; i++) {
            row[i] += (byte) (((row[i - distance] & 0xff) + (above[i] & 0xff)) >> 1);
        }
    }

    private static void paeth(byte[] row, byte[] above, int distance) {
        int first = Math.min(row.length, 1 + distance);
        for (int i = 1; i < first; i++) {
            row[i] += above[i];
        }
        for (int i = first; i < row.length; i++) {
            int a = row[i - distance] & 0xff;
            int b = above[i] & 0xff;
            int c = above[i - distance] & 0xff;
            int toA = Math.abs(b - c);
            int toB = Math.abs(a - c);
            int toC = Math.abs(a + b - 2 * c);
            row[i] += (byte) (toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
        }
    }
}
