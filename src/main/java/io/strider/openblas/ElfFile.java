package io.strider.openblas;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is read from a shared library before the dynamic loader sees it: whether it is one, for this
 * processor and whole, and which libraries it needs. The loader maps a truncated file without a
 * complaint and the process dies by SIGBUS when it touches the missing part.
 *
 * @param needed the file names of the libraries it needs, in order
 */
record ElfFile(List<String> needed) {
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SHARED_OBJECT = 3;
    private static final int LOADABLE = 1;
    private static final int DYNAMIC = 2;
    private static final long NEEDED = 1;
    private static final long STRING_TABLE = 5;
    private static final long STRING_TABLE_SIZE = 10;
    private static final int MAXIMUM_TABLE_BYTES = 1 << 26;

    private record Segment(int type, long offset, long address, long fileSize) {}

    /**
     * Reads a shared library.
     *
     * @param file the file
     * @param architecture the processor, as the system property {@code os.arch} has it
     * @throws LibraryRefusedException if it is not a whole shared library for that processor
     * @throws IOException if it cannot be read
     */
    static ElfFile read(Path file, String architecture)
            throws LibraryRefusedException, IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            if (size < HEADER_BYTES) {
                throw new LibraryRefusedException("not a shared library (" + size + " bytes)");
            }
            List<Segment> segments = segments(channel, size, architecture);
            for (Segment segment : segments) {
                if (segment.type == LOADABLE && !within(segment.offset, segment.fileSize, size)) {
                    throw new LibraryRefusedException(
                            "truncated (" + size + " bytes; its segments reach further)");
                }
            }
            return new ElfFile(needed(channel, size, segments));
        } catch (EOFException e) {
            throw new LibraryRefusedException("truncated", e);
        }
    }

    /** Whether it needs an OpenMP runtime. */
    boolean needsOpenMp() {
        return needed.stream()
                .anyMatch(name ->
                        name.startsWith("libgomp.")
                                || name.startsWith("libomp.")
                                || name.startsWith("libiomp"));
    }

    private static List<Segment> segments(
            SeekableByteChannel channel, long size, String architecture)
            throws LibraryRefusedException, IOException {
        ByteBuffer header = read(channel, 0, HEADER_BYTES);
        if (header.getInt(0) != Integer.reverseBytes(0x7f454c46)) {
            throw new LibraryRefusedException("not a shared library (no ELF header)");
        }
        if (header.get(4) != 2 || header.get(5) != 1) {
            throw new LibraryRefusedException("not a 64-bit little-endian library");
        }
        int machine = Short.toUnsignedInt(header.getShort(18));
        int expected = machine(architecture);
        if (expected != 0 && machine != expected) {
            throw new LibraryRefusedException(
                    "for another processor (ELF machine "
                            + machine
                            + ", expected: "
                            + expected
                            + " for "
                            + architecture
                            + ")");
        }
        if (Short.toUnsignedInt(header.getShort(16)) != SHARED_OBJECT) {
            throw new LibraryRefusedException("not a shared library (another kind of ELF file)");
        }
        long offset = header.getLong(32);
        int entryBytes = Short.toUnsignedInt(header.getShort(54));
        int count = Short.toUnsignedInt(header.getShort(56));
        if (entryBytes < PROGRAM_HEADER_BYTES
                || count == 0
                || !within(offset, (long) entryBytes * count, size)) {
            throw new LibraryRefusedException("truncated or damaged (no program headers)");
        }
        ByteBuffer table = read(channel, offset, entryBytes * count);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = i * entryBytes;
            segments.add(
                    new Segment(
                            table.getInt(at),
                            table.getLong(at + 8),
                            table.getLong(at + 16),
                            table.getLong(at + 32)));
        }
        return segments;
    }

    private static List<String> needed(
            SeekableByteChannel channel, long size, List<Segment> segments) throws IOException {
        for (Segment dynamic : segments) {
            if (dynamic.type != DYNAMIC || !readable(dynamic.offset, dynamic.fileSize, size)) {
                continue;
            }
            ByteBuffer table = read(channel, dynamic.offset, (int) dynamic.fileSize);
            List<Long> nameOffsets = new ArrayList<>();
            long stringsAddress = 0;
            long stringsSize = 0;
            for (int at = 0; at + 16 <= table.limit(); at += 16) {
                long tag = table.getLong(at);
                long value = table.getLong(at + 8);
                if (tag == NEEDED) {
                    nameOffsets.add(value);
                } else if (tag == STRING_TABLE) {
                    stringsAddress = value;
                } else if (tag == STRING_TABLE_SIZE) {
                    stringsSize = value;
                }
            }
            for (Segment segment : segments) {
                if (segment.type == LOADABLE
                        && within(stringsAddress - segment.address, stringsSize, segment.fileSize)
                        && stringsSize <= MAXIMUM_TABLE_BYTES) {
                    long offset = segment.offset + (stringsAddress - segment.address);
                    return names(read(channel, offset, (int) stringsSize), nameOffsets);
                }
            }
        }
        return List.of();
    }

    private static List<String> names(ByteBuffer strings, List<Long> offsets) {
        List<String> names = new ArrayList<>();
        for (long offset : offsets) {
            if (offset < 0 || offset >= strings.limit()) {
                continue;
            }
            int start = (int) offset;
            int end = start;
            while (end < strings.limit() && strings.get(end) != 0) {
                end++;
            }
            byte[] name = new byte[end - start];
            strings.get(start, name);
            names.add(new String(name, StandardCharsets.UTF_8));
        }
        return List.copyOf(names);
    }

    /** The number by which ELF knows a processor, 0 where no rule is known. */
    private static int machine(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> 62;
            case "aarch64" -> 183;
            case "riscv64" -> 243;
            case "ppc64le" -> 21;
            default -> 0;
        };
    }

    private static boolean within(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    private static boolean readable(long offset, long length, long size) {
        return within(offset, length, size) && length <= MAXIMUM_TABLE_BYTES;
    }

    private static ByteBuffer read(SeekableByteChannel channel, long offset, int length)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(offset);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }
}
