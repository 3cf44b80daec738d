package io.strider.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * The bytes of an open file. Runs are read into memory of their own at an address that suits every
 * type of element: where they lie in the file they mostly do not, and would be copied again.
 *
 * <p>They are read, not mapped: a mapped file that somebody truncates stops the process as soon as
 * native code touches the lost pages. For one thread.
 */
final class ModelFile implements ModelBytes {
    private static final long ALIGNMENT = 64;

    private final String name;
    private final FileChannel channel;
    private final long size;
    private final Arena arena;

    /**
     * @param name what messages call the file
     * @param size as {@link FileBytes} has checked
     * @param arena where runs go
     */
    ModelFile(String name, FileChannel channel, long size, Arena arena) {
        this.name = name;
        this.channel = channel;
        this.size = size;
        this.arena = arena;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream stream() {
        return new Portions();
    }

    @Override
    public MemorySegment run(long from, long length) throws IOException {
        MemorySegment bytes = arena.allocate(length, ALIGNMENT);
        if (!FileBytes.fill(channel, from, bytes)) {
            throw shorter();
        }
        return bytes.asReadOnly();
    }

    private OnnxFormatException shorter() {
        return new OnnxFormatException(name + ": became shorter while it was read");
    }

    private final class Portions extends InputStream {
        private long at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (at == size) {
                return -1;
            }
            int wanted = (int) Math.min(length, size - at);
            int count = channel.read(ByteBuffer.wrap(target, offset, wanted), at);
            if (count <= 0) {
                throw shorter();
            }
            at += count;
            return count;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.clamp(count, 0, size - at);
            at += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, size - at);
        }
    }
}
