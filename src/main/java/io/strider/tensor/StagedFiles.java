package io.strider.tensor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes one or several files all or nothing.
 *
 * {@snippet :
 * try (StagedFiles files = new StagedFiles()) {
 *     files.stage(first, output -> Npy.write(output, x));
 *     files.stage(second, output -> Npy.write(output, y));
 *     files.commit();
 * }
 * }
 *
 * <p>{@link #stage} writes the content to a temporary name in the target's folder and forces it to
 * the disk, so that a full disk shows before any target is touched. {@link #commit} moves the files
 * to their names, each move atomic, and undoes the moves before one that fails. {@link #close}
 * deletes what has not been committed.
 *
 * <p>A new file has the rights that any new file has, a replaced one keeps its rights. A symbolic
 * link stays a link, and the file that it points to is replaced. Devices, pipes and open
 * descriptors ({@code /dev/stdout}) are never replaced: they are written at once by {@code stage}.
 *
 * <p>For one thread.
 */
public final class StagedFiles implements AutoCloseable {
    private static final int MOST_LINKS = 40;
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Temporary names by target. */
    private final Map<Path, Path> staged = new LinkedHashMap<>();

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Writer {
        /** Writes everything; the stream is flushed and closed by the caller. */
        void write(OutputStream output) throws IOException;
    }

    /** Nothing staged yet. */
    public StagedFiles() {}

    /**
     * Writes a file under a temporary name.
     *
     * @param path what the file is to be called; its folder exists
     * @throws IOException if the folder is missing, the path is a directory, was staged before, or
     *     may not be written, or the disk is full; nothing of this file is then left
     */
    public void stage(Path path, Writer writer) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(writer, "writer");
        String name = path.toString();
        if (Files.isDirectory(path)) {
            throw new FileSystemException(name, null, "is a directory (expected: a file to write)");
        }
        Path target = followLinks(path);
        boolean exists = Files.exists(target);
        if (isDescriptor(target)) {
            // Appending is right for a shell's > and >> alike: opened anew, it would begin at 0.
            writeTo(path, target, writer, StandardOpenOption.APPEND);
            return;
        }
        if (exists && !Files.isRegularFile(target)) {
            writeTo(path, target, writer, StandardOpenOption.WRITE);
            return;
        }
        if (!Files.isDirectory(folder(target))) {
            throw new NoSuchFileException(
                    name, null, "cannot be written (expected: an existing folder to hold it)");
        }
        if (exists && !Files.isWritable(target)) {
            throw new AccessDeniedException(
                    name, null, "may not be written (expected: write access)");
        }
        if (staged.containsKey(target)) {
            throw new FileSystemException(name, null, "named twice (expected: a file of its own)");
        }
        Path temporary = temporaryBeside(target);
        try {
            writeTo(
                    path,
                    temporary,
                    writer,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            if (exists) {
                keepRights(target, temporary);
            }
            staged.put(target, temporary);
        } finally {
            if (!staged.containsKey(target)) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** Failures carry the name that the caller knows, not the temporary one. */
    private static void writeTo(Path named, Path file, Writer writer, StandardOpenOption... options)
            throws IOException {
        try (OutputStream output =
                new BufferedOutputStream(Files.newOutputStream(file, options), BUFFER_BYTES)) {
            writer.write(output);
        } catch (AccessDeniedException denied) {
            AccessDeniedException refused =
                    new AccessDeniedException(
                            named.toString(),
                            null,
                            "may not be written (expected: write access to it and its folder)");
            refused.initCause(denied);
            throw refused;
        } catch (IOException failed) {
            FileSystemException refused =
                    new FileSystemException(
                            named.toString(), null, "could not be written: " + reason(failed));
            refused.initCause(failed);
            throw refused;
        }
    }

    private static String reason(IOException failed) {
        if (failed instanceof NoSuchFileException) {
            return "no such file";
        }
        String reason =
                failed instanceof FileSystemException system
                        ? system.getReason()
                        : failed.getMessage();
        return reason == null ? failed.getClass().getSimpleName() : reason;
    }

    /**
     * Moves all staged files to their names, in the order in which they were staged. After that
     * further files may be staged.
     *
     * @throws IOException if a file cannot be moved; then every target is as it was before, and
     *     nothing is staged any more. Only where even that fails, because the folder has become
     *     unwritable meanwhile, a suppressed exception names the file that holds the former content
     */
    public void commit() throws IOException {
        List<Former> moved = new ArrayList<>();
        int left = staged.size();
        for (Map.Entry<Path, Path> file : staged.entrySet()) {
            Path target = file.getKey();
            Former former = null;
            try {
                if (--left > 0) { // after the last move there is nothing that could fail
                    former = Former.keep(target, temporaryBeside(target));
                }
                Files.move(file.getValue(), target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failed) {
                IOException refused =
                        new FileSystemException(
                                target.toString(), null, "could not be written: " + reason(failed));
                refused.initCause(failed);
                if (former != null) {
                    former.forget(refused);
                }
                moved.reversed().forEach(each -> each.putBack(refused));
                closeAfter(refused);
                throw refused;
            }
            if (former != null) {
                moved.add(former);
            }
        }
        staged.clear();
        for (Former former : moved) {
            former.forget();
        }
    }

    /** What a target was before it was replaced: {@code kept} is its content, null for no file. */
    private record Former(Path target, @Nullable Path kept) {
        /** Links the content to a second name, or copies it where the file system has no links. */
        static Former keep(Path target, Path name) throws IOException {
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                return new Former(target, null);
            }
            try {
                Files.createLink(name, target);
            } catch (IOException | UnsupportedOperationException _) {
                try {
                    Files.copy(target, name, StandardCopyOption.COPY_ATTRIBUTES);
                } catch (IOException failed) {
                    Files.deleteIfExists(name);
                    throw failed;
                }
            }
            return new Former(target, name);
        }

        void putBack(IOException failure) {
            try {
                if (kept == null) {
                    Files.deleteIfExists(target);
                } else {
                    Files.move(kept, target, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException failed) {
                String content = kept == null ? "none" : "in " + kept;
                IOException lost =
                        new FileSystemException(
                                target.toString(),
                                null,
                                "could not be put back (its former content: " + content + ")");
                lost.initCause(failed);
                failure.addSuppressed(lost);
            }
        }

        void forget() throws IOException {
            if (kept != null) {
                Files.deleteIfExists(kept);
            }
        }

        void forget(IOException failure) {
            try {
                forget();
            } catch (IOException failed) {
                failure.addSuppressed(failed);
            }
        }
    }

    private void closeAfter(IOException failure) {
        try {
            close();
        } catch (IOException failed) {
            failure.addSuppressed(failed);
        }
    }

    private static Path temporaryBeside(Path target) {
        String digits = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return folder(target).resolve(".strider-" + digits + ".tmp");
    }

    /** Deletes what has been staged and not committed. Closing twice is harmless. */
    @Override
    public void close() throws IOException {
        var files = staged.values().iterator();
        while (files.hasNext()) {
            Files.deleteIfExists(files.next());
            files.remove();
        }
    }

    /**
     * Where links lead, also if there is no file yet; stops at descriptors, whose links are not
     * real ones.
     */
    private static Path followLinks(Path path) throws IOException {
        Path target = path.toAbsolutePath();
        for (int links = 0; links < MOST_LINKS; links++) {
            if (!Files.isSymbolicLink(target) || isDescriptor(target)) {
                Path folder = folder(target);
                boolean known = Files.isDirectory(folder);
                return known ? folder.toRealPath().resolve(target.getFileName()) : target;
            }
            target = folder(target).resolve(Files.readSymbolicLink(target));
        }
        throw new FileSystemLoopException(path.toString());
    }

    private static boolean isDescriptor(Path path) throws IOException {
        Path folder = folder(path);
        return Files.isDirectory(folder) && folder.toRealPath().startsWith("/proc");
    }

    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path : parent;
    }

    private static void keepRights(Path existing, Path temporary) throws IOException {
        var from = Files.getFileAttributeView(existing, PosixFileAttributeView.class);
        var to =
                Files.getFileAttributeView(
                        temporary, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (from != null && to != null) {
            to.setPermissions(from.readAttributes().permissions());
        }
    }
}
