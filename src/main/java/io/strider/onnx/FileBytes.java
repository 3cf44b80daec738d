package io.strider.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a file's bytes into off-heap memory.
 *
 * <p>They are read, not mapped: a mapped file that somebody truncates stops the process as soon as
 * native code touches the lost pages, and a model is read once, for which mapping was measured to
 * be no quicker (100 MB in the page cache: 50 to 60 ms either way).
 */
final class FileBytes {
    private static final long ALIGNMENT = 64;
    private static final int CHUNK = 1 << 20;

    /** The largest part that one buffer can cover. */
    private static final long LARGEST_READ = 1L << 30;

    private static final byte[] LARGE_FILE_POINTER =
            "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private FileBytes() {}

    /**
     * Reads a file.
     *
     * @return all its bytes, read-only
     * @throws OnnxFormatException if it is empty, too large, or a mere pointer to large-file
     *     storage
     * @throws IOException if it is missing, no regular file, or cannot be read
     */
    static MemorySegment of(Path path, Arena arena, ReadBudget budget) throws IOException {
        // Asked before opening, as opening a FIFO would wait for its writer.
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    path.toString(), null, "does not exist (expected: a file to read)");
        }
        if (!Files.isRegularFile(path)) {
            throw new FileSystemException(
                    path.toString(), null, "is no regular file (expected: one)");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = allocate(path.toString(), channel.size(), arena, budget);
            if (!fill(channel, 0, bytes)) {
                throw new OnnxFormatException(path + ": became shorter while it was read");
            }
            return checked(path.toString(), bytes);
        }
    }

    /**
     * Reads a stream to its end; it is not closed.
     *
     * @param name what messages call it
     * @return all its bytes, read-only
     * @throws OnnxFormatException if there are none or too many
     */
    static MemorySegment of(InputStream input, String name, Arena arena, ReadBudget budget)
            throws IOException {
        List<byte[]> chunks = new ArrayList<>();
        long size = 0;
        byte[] chunk = input.readNBytes(CHUNK);
        while (chunk.length > 0) {
            chunks.add(chunk);
            size += chunk.length;
            checkSize(name, size, budget);
            chunk = input.readNBytes(CHUNK);
        }
        MemorySegment bytes = allocate(name, size, arena, budget);
        long at = 0;
        for (byte[] part : chunks) {
            MemorySegment.copy(part, 0, bytes, ValueLayout.JAVA_BYTE, at, part.length);
            at += part.length;
        }
        return checked(name, bytes);
    }

    /**
     * Fills a segment from a file.
     *
     * @return false if the file ends first
     */
    static boolean fill(FileChannel channel, long offset, MemorySegment target) throws IOException {
        long at = 0;
        while (at < target.byteSize()) {
            long length = Math.min(LARGEST_READ, target.byteSize() - at);
            ByteBuffer part = target.asSlice(at, length).asByteBuffer();
            while (part.hasRemaining()) {
                if (channel.read(part, offset + at + part.position()) < 0) {
                    return false;
                }
            }
            at += length;
        }
        return true;
    }

    private static void checkSize(String name, long size, ReadBudget budget)
            throws OnnxFormatException {
        OnnxLimits limits = budget.limits();
        long most = Math.min(limits.fileBytes(), limits.dataBytes());
        if (size > most) {
            throw new OnnxFormatException(
                    "%s: %d bytes or more (expected: at most %d, the limit)"
                            .formatted(name, size, most));
        }
    }

    private static MemorySegment allocate(String name, long size, Arena arena, ReadBudget budget)
            throws OnnxFormatException {
        checkSize(name, size, budget);
        if (size == 0) {
            throw new OnnxFormatException(name + ": 0 bytes (expected: an ONNX file)");
        }
        if (!budget.takeData(size)) {
            throw new IllegalStateException("a budget serves one file");
        }
        return arena.allocate(size, ALIGNMENT);
    }

    private static MemorySegment checked(String name, MemorySegment bytes)
            throws OnnxFormatException {
        MemorySegment pointer = MemorySegment.ofArray(LARGE_FILE_POINTER);
        if (bytes.byteSize() > pointer.byteSize()
                && bytes.asSlice(0, pointer.byteSize()).mismatch(pointer) < 0) {
            throw new OnnxFormatException(
                    name
                            + ": a pointer of Git LFS (expected: an ONNX file; fetch it with git lfs pull)");
        }
        return bytes.asReadOnly();
    }
}
