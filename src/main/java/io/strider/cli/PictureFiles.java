package io.strider.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds pictures. A file that is named counts, whatever its name; in folders, and the folders in
 * them, those with a picture's ending do, but for hidden ones. What a folder holds is in the order
 * of the names. Links are followed; a folder that was seen is not looked into again, so links may
 * lead in circles. The same file comes once, where it came first; one of two names that a link
 * gives to a file is another one.
 */
final class PictureFiles {
    private static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "dib");

    private final Consumer<String> failures;
    private final List<PictureFile> found = new ArrayList<>();
    private final Set<Path> seenFolders = new HashSet<>();
    private final Set<Path> seenFiles = new HashSet<>();
    private final Map<Path, Path> realFolders = new HashMap<>();

    /** The next thing to look at. */
    private final Deque<Path> open = new ArrayDeque<>();

    /**
     * Nothing found yet.
     *
     * @param failures told a line about each thing that cannot be looked into
     */
    PictureFiles(Consumer<String> failures) {
        this.failures = failures;
    }

    /** Adds a file, or what is in a folder. */
    void add(Path path) {
        if (!Files.isDirectory(path)) {
            addFile(path);
            return;
        }
        open.push(path);
        while (!open.isEmpty()) {
            Path next = open.pop();
            if (Files.isDirectory(next)) {
                addFolder(next);
            } else {
                addFile(next);
            }
        }
    }

    /** All that was found, in order. */
    List<PictureFile> found() {
        return found;
    }

    /** Whether a file is among them. */
    boolean contains(Path path) {
        return seenFiles.contains(real(path));
    }

    private void addFile(Path path) {
        if (Files.notExists(path)) {
            failures.accept(path + ": does not exist (expected: a picture or a folder)");
        } else if (seenFiles.add(real(path))) {
            found.add(new PictureFile(path));
        }
    }

    /** Puts what is in a folder before all that is still open, the first name first. */
    private void addFolder(Path folder) {
        List<Path> children = new ArrayList<>();
        try {
            if (!seenFolders.add(folder.toRealPath())) {
                return;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (!isHidden(entry) && (isPicture(entry) || Files.isDirectory(entry))) {
                        children.add(entry);
                    }
                }
            }
        } catch (DirectoryIteratorException failed) {
            failures.accept(unreadable(folder, Objects.requireNonNull(failed.getCause())));
        } catch (IOException failed) {
            failures.accept(unreadable(folder, failed));
        }
        children.sort(Comparator.comparing(Path::toString).reversed());
        children.forEach(open::push);
    }

    private static String unreadable(Path folder, IOException failed) {
        return switch (failed) {
            case NoSuchFileException _ -> folder + ": does not exist any more";
            case FileSystemException refused -> Failures.words(refused);
            default -> folder + ": " + Failures.words(failed);
        };
    }

    private static boolean isHidden(Path entry) {
        return String.valueOf(entry.getFileName()).startsWith(".");
    }

    private static boolean isPicture(Path entry) {
        String name = String.valueOf(entry.getFileName());
        int dot = name.lastIndexOf('.');
        return dot >= 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /** The name in its real folder, which is asked for once. */
    private Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path folder = path.toAbsolutePath().getParent();
        Path name = path.getFileName();
        if (folder == null || name == null) {
            return absolute;
        }
        Path real =
                realFolders.computeIfAbsent(
                        folder,
                        key -> {
                            try {
                                return key.toRealPath();
                            } catch (IOException _) {
                                return key.normalize();
                            }
                        });
        return real.resolve(name);
    }
}
