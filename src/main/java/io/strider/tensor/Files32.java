package io.strider.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files that hold float32 values. */
final class Files32 {
    private Files32() {}

    static MemorySegment map(Path path, long byteOffset, long bytes, Arena arena)
            throws IOException {
        if (byteOffset < 0 || byteOffset % Float.BYTES != 0) {
            throw new IllegalArgumentException(
                    "byteOffset: " + byteOffset + " (expected: a multiple of 4, >= 0)");
        }
        // Asked before opening: a FIFO would block.
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + ": not a regular file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (byteOffset > channel.size() - bytes) {
                throw new IOException(
                        path
                                + ": "
                                + channel.size()
                                + " bytes (expected: at least "
                                + bytes
                                + " from byte "
                                + byteOffset
                                + " on)");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, byteOffset, bytes, arena);
        }
    }
}
