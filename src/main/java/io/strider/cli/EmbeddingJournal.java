package io.strider.cli;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The vectors of an unfinished run, in a file beside the output: {@code faces.npy.part}. Whatever
 * ends the process, the vectors that were appended are there for the next run; once a second they
 * are also forced to the disk, in case the machine ends.
 *
 * <p>The file, big-endian: the magic number {@code STRDRJN1}, then frames. A frame is a length (4
 * bytes), so many bytes, and their CRC-32. The first one holds a text in UTF-8 that describes what
 * makes the vectors; each further one a picture: length of its key (4 bytes), the key in UTF-8,
 * size and time of its file (8 bytes each), count (4 bytes) and the numbers, float32.
 *
 * <p>A frame that is torn, because the process ended while it was written, is cut off together with
 * all that follows. The file is locked while it is open. Thread-safe.
 */
final class EmbeddingJournal implements AutoCloseable {
    private static final byte[] MAGIC = "STRDRJN1".getBytes(StandardCharsets.US_ASCII);
    private static final long FORCE_NANOS = 1_000_000_000;

    /** More than any vector needs: what claims to be longer is torn. */
    private static final int LONGEST = 1 << 28;

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Entry> recovered = new HashMap<>();
    private long end;

    /** Where the first picture's frame is, once the header is there and right. */
    private long first = -1;

    private long forced = System.nanoTime();
    private boolean closed;

    /**
     * Where a vector is.
     *
     * @param stamp of its picture
     * @param offset of its first number in the file
     * @param count of its numbers
     */
    record Entry(PictureFile.Stamp stamp, long offset, int count) {}

    private EmbeddingJournal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The journal of an output. */
    static Path beside(Path output) {
        return output.resolveSibling(output.getFileName() + ".part");
    }

    /**
     * Begins a journal, or goes on with one.
     *
     * @param description of what makes the vectors, a line for each setting: {@code name: value}
     * @param resume whether a journal that is there may be gone on with
     * @throws IOException if one is there and may not, or it is another's, or the file cannot be
     *     written
     */
    static EmbeddingJournal open(Path file, String description, boolean resume) throws IOException {
        FileChannel channel;
        try {
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            resume ? StandardOpenOption.CREATE : StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException there) {
            FileSystemException refused =
                    refused(
                            file,
                            "is there, from a run that has not finished (expected: --resume to go on"
                                    + " with it, or that it is deleted)");
            refused.initCause(there);
            throw refused;
        }
        EmbeddingJournal journal = new EmbeddingJournal(file, channel);
        try {
            journal.lock();
            journal.recover(description);
            return journal;
        } catch (Throwable failure) {
            journal.close();
            throw failure;
        }
    }

    private static FileSystemException refused(Path file, String reason) {
        return new FileSystemException(file.toString(), null, reason);
    }

    /** The lock ends with the channel, or with the process. */
    private void lock() throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null;
        }
        if (lock == null) {
            throw refused(file, "is being written by another strider embed");
        }
    }

    private void recover(String description) throws IOException {
        // The stream is not closed: that would close the channel.
        DataInputStream input =
                new DataInputStream(
                        new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
        byte[] magic = input.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, Arrays.copyOf(MAGIC, magic.length))) {
            throw refused(file, "is no journal of strider embed (expected: another --output)");
        }
        end = MAGIC.length;
        Optional<ByteBuffer> header = frame(input);
        if (header.isEmpty()) { // new, or the process ended before it had begun
            channel.truncate(0);
            end = 0;
            write(ByteBuffer.wrap(MAGIC));
            write(framed(description.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
            first = end;
            return;
        }
        requireSame(StandardCharsets.UTF_8.decode(header.get()).toString(), description);
        first = end;
        long start = end;
        Optional<ByteBuffer> next = frame(input);
        while (next.isPresent() && recover(next.get(), start)) {
            start = end;
            next = frame(input);
        }
        end = start;
        channel.truncate(end);
    }

    private void requireSame(String before, String now) throws IOException {
        String[] lines = before.split("\n", -1);
        String[] wanted = now.split("\n", -1);
        for (int i = 0; i < wanted.length; i++) {
            String line = i < lines.length ? lines[i] : "";
            if (!line.equals(wanted[i])) {
                throw refused(
                        file,
                        "was begun with %s, not with %s (expected: the same options, another --output, or that it is deleted)"
                                .formatted(line, wanted[i]));
            }
        }
    }

    /** The next frame's content, if it is whole. */
    private Optional<ByteBuffer> frame(DataInputStream input) throws IOException {
        try {
            int length = input.readInt();
            if (length < 0 || length > Math.min(LONGEST, channel.size() - end)) {
                return Optional.empty();
            }
            byte[] content = input.readNBytes(length);
            int sum = input.readInt();
            if (content.length < length || sum != sum(content)) {
                return Optional.empty();
            }
            end += length + 2L * Integer.BYTES;
            return Optional.of(ByteBuffer.wrap(content));
        } catch (EOFException _) {
            return Optional.empty();
        }
    }

    private static int sum(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return (int) sum.getValue();
    }

    /** Takes a picture's frame over, if it is one. */
    private boolean recover(ByteBuffer frame, long start) {
        if (frame.remaining() < Integer.BYTES) {
            return false;
        }
        int length = frame.getInt();
        if (length < 0 || frame.remaining() - length < 2 * Long.BYTES + Integer.BYTES) {
            return false;
        }
        byte[] key = new byte[length];
        frame.get(key);
        PictureFile.Stamp stamp = new PictureFile.Stamp(frame.getLong(), frame.getLong());
        int count = frame.getInt();
        if (frame.remaining() != (long) count * Float.BYTES) {
            return false;
        }
        recovered.put(
                new String(key, StandardCharsets.UTF_8),
                new Entry(stamp, start + Integer.BYTES + frame.position(), count));
        return true;
    }

    /** What was there at the beginning, by key. */
    Map<String, Entry> recovered() {
        return recovered;
    }

    /** Where the journal is. */
    Path file() {
        return file;
    }

    /**
     * Appends a picture's vector. After {@link #close} nothing is done.
     *
     * @return where its first number is; -1 if the journal is closed
     * @throws IOException if the disk is full; what was there before stays whole
     */
    synchronized long append(String key, PictureFile.Stamp stamp, float[] vector)
            throws IOException {
        if (closed) {
            return -1;
        }
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        int numbers = Math.multiplyExact(vector.length, Float.BYTES);
        int before = name.length + 2 * Integer.BYTES + 2 * Long.BYTES;
        ByteBuffer content = ByteBuffer.allocate(Math.addExact(before, numbers));
        content.putInt(name.length).put(name).putLong(stamp.bytes()).putLong(stamp.modified());
        content.putInt(vector.length).asFloatBuffer().put(vector);
        long offset = end + Integer.BYTES + before;
        write(framed(content.array()));
        long now = System.nanoTime();
        if (now - forced > FORCE_NANOS) {
            channel.force(false);
            forced = now;
        }
        return offset;
    }

    private static ByteBuffer framed(byte[] content) {
        return ByteBuffer.allocate(Math.addExact(content.length, 2 * Integer.BYTES))
                .putInt(content.length)
                .put(content)
                .putInt(sum(content))
                .flip();
    }

    private void write(ByteBuffer bytes) throws IOException {
        long at = end;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
            end = at;
        } catch (IOException failed) {
            FileSystemException refused =
                    refused(file, "could not be written: " + failed.getMessage());
            refused.initCause(failed);
            throw refused;
        }
    }

    /**
     * Reads a vector back.
     *
     * @param offset as {@link #append} told it
     * @param vector overwritten
     */
    void read(long offset, float[] vector) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(vector.length, Float.BYTES))
                        .order(ByteOrder.BIG_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw refused(file, "has become shorter while it was in use");
            }
        }
        bytes.flip().asFloatBuffer().get(vector);
    }

    /** Removes the file, as all that it holds is elsewhere now. */
    synchronized void delete() throws IOException {
        Files.deleteIfExists(file);
        closed = true;
        channel.close();
    }

    /**
     * Forces everything to the disk and lets go of the file, which is removed if it holds no
     * picture. Closing again is harmless.
     */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            try (channel) {
                if (end == first) {
                    Files.deleteIfExists(file);
                } else {
                    channel.force(true);
                }
            }
        }
    }
}
