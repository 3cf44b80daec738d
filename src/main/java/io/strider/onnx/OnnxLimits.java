package io.strider.onnx;

/**
 * How much one read may take.
 *
 * @param fileBytes how long the protocol buffer may be; at most 2³¹ − 1, the format's own limit
 * @param dataBytes off-heap memory, in bytes, for the file, for external data and for the elements
 *     of tensors that cannot be used where they lie in the file
 * @param objectBytes heap memory for names, nodes and attributes, as {@link ReadBudget} reckons it:
 *     generously, so that what is really taken stays below
 */
record OnnxLimits(long fileBytes, long dataBytes, long objectBytes) {
    /** The length of the longest protocol buffer. */
    static final long LONGEST_FILE = Integer.MAX_VALUE;

    private static final long STANDARD_DATA = 16L << 30;
    private static final long STANDARD_OBJECTS = 1L << 30;

    /**
     * @throws IllegalArgumentException if a limit is negative or fileBytes is above 2³¹ − 1
     */
    OnnxLimits {
        if (fileBytes < 0 || fileBytes > LONGEST_FILE) {
            throw new IllegalArgumentException(
                    "fileBytes: %d (expected: 0 to %d)".formatted(fileBytes, LONGEST_FILE));
        }
        if (dataBytes < 0 || objectBytes < 0) {
            throw new IllegalArgumentException(
                    "dataBytes: %d, objectBytes: %d (expected: >= 0)"
                            .formatted(dataBytes, objectBytes));
        }
    }

    /**
     * The longest file there can be, 16 GiB of data, and of objects a quarter of the heap or 1 GiB,
     * whichever is less.
     */
    static OnnxLimits standard() {
        long quarter = Runtime.getRuntime().maxMemory() / 4;
        return new OnnxLimits(LONGEST_FILE, STANDARD_DATA, Math.min(STANDARD_OBJECTS, quarter));
    }
}
