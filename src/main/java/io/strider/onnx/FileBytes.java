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
 * Finds a model's bytes, in a file or a stream, and brings them into off-heap memory.
 *
 * <p>A model is read once, for which mapping its file was measured to be no quicker (100 MB in the
 * page cache: 50 to 60 ms either way).
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
     * Opens a file.
     *
     * @throws IOException if it is missing, no regular file, or cannot be opened
     */
    static FileChannel open(Path path) throws IOException {
        // Asked before opening, as opening a FIFO would wait for its writer.
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    path.toString(), null, "does not exist (expected: a file to read)");
        }
        if (!Files.isRegularFile(path)) {
            throw new FileSystemException(
                    path.toString(), null, "is no regular file (expected: one)");
        }
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    /**
     * The bytes of an open file, which are read when they are asked for.
     *
     * @param arena where long runs of them go
     * @throws OnnxFormatException if it is empty, too large, or a mere pointer to large-file
     *     storage
     */
    static ModelBytes of(FileChannel channel, Path path, Arena arena, ReadBudget budget)
            throws IOException {
        String name = path.toString();
        long size = channel.size();
        take(name, size, budget);
        MemorySegment begin =
                MemorySegment.ofArray(new byte[(int) Math.min(size, LARGE_FILE_POINTER.length)]);
        if (!fill(channel, 0, begin)) {
            throw new OnnxFormatException(path + ": became shorter while it was read");
        }
        requireContent(name, begin, size);
        return new ModelFile(name, channel, size, arena);
    }

    /**
     * Reads a stream to its end; it is not closed.
     *
     * @param name what messages call it
     * @return all its bytes
     * @throws OnnxFormatException if there are none or too many
     */
    static ModelBytes of(InputStream input, String name, Arena arena, ReadBudget budget)
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
        take(name, size, budget);
        MemorySegment bytes = arena.allocate(size, ALIGNMENT);
        long at = 0;
        for (byte[] part : chunks) {
            MemorySegment.copy(part, 0, bytes, ValueLayout.JAVA_BYTE, at, part.length);
            at += part.length;
        }
        requireContent(name, bytes, size);
        return new ModelBytes.InMemory(bytes.asReadOnly());
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

    private static void take(String name, long size, ReadBudget budget) throws OnnxFormatException {
        checkSize(name, size, budget);
        if (size == 0) {
            throw new OnnxFormatException(name + ": 0 bytes (expected: an ONNX file)");
        }
        if (!budget.takeData(size)) {
            throw new IllegalStateException("a budget serves one file");
        }
    }

    private static void requireContent(String name, MemorySegment begin, long size)
            throws OnnxFormatException {
        MemorySegment pointer = MemorySegment.ofArray(LARGE_FILE_POINTER);
        if (size > pointer.byteSize()
                && begin.asSlice(0, pointer.byteSize()).mismatch(pointer) < 0) {
            throw new OnnxFormatException(
                    name
                            + ": a pointer of Git LFS (expected: an ONNX file; fetch it with git lfs pull)");
        }
    }
}
