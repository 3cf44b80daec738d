package io.strider.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens files for reading, with a sentence for what may be wrong with the path. */
final class InputFiles {
    private InputFiles() {}

    /** Asked before opening, as opening a FIFO would wait for its writer. */
    static FileChannel open(Path path) throws IOException {
        String name = path.toString();
        if (!Files.exists(path)) {
            throw new NoSuchFileException(name, null, "does not exist (expected: a file to read)");
        }
        if (Files.isDirectory(path)) {
            throw new FileSystemException(name, null, "is a directory (expected: a regular file)");
        }
        if (!Files.isRegularFile(path)) {
            throw new FileSystemException(
                    name, null, "is a device, pipe or socket (expected: a regular file)");
        }
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (AccessDeniedException denied) {
            AccessDeniedException named =
                    new AccessDeniedException(
                            name, null, "may not be read (expected: read access)");
            named.initCause(denied);
            throw named;
        }
    }

    static MemorySegment map(Path path, long byteOffset, long bytes, Arena arena)
            throws IOException {
        if (byteOffset < 0 || byteOffset % Float.BYTES != 0) {
            throw Arguments.refused("byteOffset: %s (expected: a multiple of 4, >= 0)", byteOffset);
        }
        try (FileChannel channel = open(path)) {
            long size = channel.size();
            if (byteOffset > size - bytes) {
                throw new FileSystemException(
                        path.toString(),
                        null,
                        "has %d bytes (expected: at least %d from byte %d on)"
                                .formatted(size, bytes, byteOffset));
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, byteOffset, bytes, arena);
        }
    }
}
