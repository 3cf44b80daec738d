package io.strider.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files beside a model that hold elements of its tensors.
 *
 * <p>A model may come from anybody, so it may only name files in its own folder or below: no
 * absolute path, no {@code ..}, no link that leads outside, nothing but regular files. Of each file
 * no more bytes are read than it has, however many tensors share it: the same range is read once,
 * and ranges that overlap until their sum exceeds the file are refused.
 *
 * <p>For one thread and one read.
 */
final class ExternalFiles {
    private static final long ALIGNMENT = 64;

    private final @Nullable Path folder;
    private final Arena arena;
    private final Map<Range, MemorySegment> read = new HashMap<>();
    private final Map<Path, Long> bytesRead = new HashMap<>();

    /**
     * @param folder the model's, or null if it does not come from a file
     */
    ExternalFiles(@Nullable Path folder, Arena arena) {
        this.folder = folder;
        this.arena = arena;
    }

    private record Range(Path file, long offset, long length) {}

    /**
     * Reads the elements of a tensor.
     *
     * @param wire for messages and the budget
     * @param location the entries of external_data
     * @param bytes how many the tensor has
     * @return read-only
     */
    MemorySegment read(WireReader wire, Map<String, String> location, long bytes)
            throws IOException {
        Path file = file(wire, location.getOrDefault("location", ""));
        long offset = number(wire, location, "offset", 0);
        long length = number(wire, location, "length", bytes);
        if (length != bytes) {
            throw wire.refused(
                    "external_data: length %d (expected: %d, as dims say)"
                            .formatted(length, bytes));
        }
        Range range = new Range(file, offset, length);
        MemorySegment known = read.get(range);
        if (known != null) {
            return known;
        }
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = channel.size();
            if (offset > size || length > size - offset) {
                throw wire.refused(
                        "external_data: %d bytes from byte %d on of %s (expected: within its %d bytes)"
                                .formatted(length, offset, shown(file), size));
            }
            long before = bytesRead.getOrDefault(file, 0L);
            if (length > size - before) {
                throw wire.refused(
                        "external_data: overlaps others in %s (expected: no more than its %d bytes in all)"
                                .formatted(shown(file), size));
            }
            wire.chargeData(length);
            MemorySegment data = arena.allocate(length, ALIGNMENT);
            if (!FileBytes.fill(channel, offset, data)) {
                throw wire.refused(
                        "external_data: %s became shorter while it was read"
                                .formatted(shown(file)));
            }
            bytesRead.put(file, before + length);
            MemorySegment readOnly = data.asReadOnly();
            read.put(range, readOnly);
            return readOnly;
        } catch (OnnxFormatException refused) {
            throw refused;
        } catch (IOException unreadable) {
            throw wire.refused(
                    "external_data: %s cannot be read (expected: a readable file)"
                            .formatted(shown(file)),
                    unreadable);
        }
    }

    private Path file(WireReader wire, String location) throws IOException {
        if (folder == null) {
            throw wire.refused(
                    "external_data: %s (expected: none, as the model was not read from a file)"
                            .formatted(Quoted.of(location)));
        }
        Path relative;
        try {
            relative = Path.of(location);
        } catch (InvalidPathException invalid) {
            throw wire.refused(
                    "external_data: location %s (expected: a path)".formatted(Quoted.of(location)),
                    invalid);
        }
        if (location.isEmpty() || relative.isAbsolute() || climbs(relative)) {
            throw outside(wire, location);
        }
        try {
            Path home = folder.toRealPath();
            Path file = home.resolve(relative).toRealPath();
            if (!file.startsWith(home)) {
                throw outside(wire, location);
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw wire.refused(
                        "external_data: location %s (expected: a regular file)"
                                .formatted(Quoted.of(location)));
            }
            return file;
        } catch (OnnxFormatException refused) {
            throw refused;
        } catch (IOException missing) {
            throw wire.refused(
                    "external_data: location %s (expected: a file beside the model)"
                            .formatted(Quoted.of(location)),
                    missing);
        }
    }

    private static boolean climbs(Path relative) {
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                return true;
            }
        }
        return false;
    }

    private static OnnxFormatException outside(WireReader wire, String location) {
        return wire.refused(
                "external_data: location %s (expected: a relative path that stays in the model's folder)"
                        .formatted(Quoted.of(location)));
    }

    private static long number(
            WireReader wire, Map<String, String> location, String key, long otherwise)
            throws OnnxFormatException {
        String text = location.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw badNumber(wire, key, text);
        }
        throw badNumber(wire, key, text);
    }

    private static OnnxFormatException badNumber(WireReader wire, String key, String text) {
        return wire.refused(
                "external_data: %s %s (expected: a number, >= 0)".formatted(key, Quoted.of(text)));
    }

    private static String shown(Path file) {
        return Quoted.of(file.toString());
    }
}
