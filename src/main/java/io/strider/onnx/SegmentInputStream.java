package io.strider.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The bytes of a segment as a stream, so that protocol buffers are parsed from off-heap memory
 * through a small array and skipped payloads are never touched.
 */
final class SegmentInputStream extends InputStream {
    private final MemorySegment segment;
    private long at;

    SegmentInputStream(MemorySegment segment) {
        this.segment = segment;
    }

    @Override
    public int read() {
        return at < segment.byteSize() ? Byte.toUnsignedInt(segment.get(JAVA_BYTE, at++)) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (at == segment.byteSize()) {
            return -1;
        }
        int count = (int) Math.min(length, segment.byteSize() - at);
        MemorySegment.copy(segment, JAVA_BYTE, at, target, offset, count);
        at += count;
        return count;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.clamp(count, 0, segment.byteSize() - at);
        at += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, segment.byteSize() - at);
    }
}
