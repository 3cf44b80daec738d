package io.strider.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;

/**
 * The bytes of a model, to be walked through once from the beginning to the end, where long runs of
 * them are passed over and taken as a whole.
 */
interface ModelBytes {
    /** How many there are. */
    long size();

    /** All of them, in small portions; what is skipped is not read. */
    InputStream stream();

    /**
     * A run of them.
     *
     * @param from not negative, with {@code length} at most {@link #size}
     * @return off-heap, read-only
     * @throws OnnxFormatException if the file has become shorter meanwhile
     */
    MemorySegment run(long from, long length) throws IOException;

    /** Bytes that are in memory already. */
    record InMemory(MemorySegment segment) implements ModelBytes {
        @Override
        public long size() {
            return segment.byteSize();
        }

        @Override
        public InputStream stream() {
            return new SegmentInputStream(segment);
        }

        @Override
        public MemorySegment run(long from, long length) {
            return segment.asSlice(from, length);
        }
    }
}
