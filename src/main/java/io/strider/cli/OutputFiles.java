package io.strider.cli;

import io.strider.tensor.Npy;
import io.strider.tensor.StagedFiles;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files that a command writes: checked before anything is computed, written when all is
 * computed, all or none.
 */
final class OutputFiles {
    private record Named(String option, Path path) {
        @Override
        public String toString() {
            return option + " " + path;
        }
    }

    private final List<Named> inputs = new ArrayList<>();
    private final List<Named> outputs = new ArrayList<>();
    private final Map<Path, Tensor> results = new LinkedHashMap<>();

    /** A file that is read and so must not be written. */
    void addInput(InputFile file) {
        inputs.add(new Named(file.option(), file.path()));
    }

    /**
     * A file that will be written.
     *
     * @throws IOException if it is a directory or its folder is missing
     * @throws IllegalArgumentException if it is an input, or an output that is already there
     */
    void addOutput(String option, Path path) throws IOException {
        Named output = new Named(option, path);
        if (Files.isDirectory(path)) {
            throw new FileSystemException(
                    path.toString(), null, "is a directory (expected: a file to write)");
        }
        if (!Files.isDirectory(folder(path))) {
            throw new NoSuchFileException(
                    path.toString(),
                    null,
                    "cannot be written (expected: an existing folder to hold it)");
        }
        requireApart(output, inputs, "which is read");
        requireApart(output, outputs, "which is written too");
        outputs.add(output);
    }

    private static void requireApart(Named output, List<Named> others, String why)
            throws IOException {
        for (Named other : others) {
            if (isSame(output.path(), other.path())) {
                throw new IllegalArgumentException(
                        "%s: the same file as %s, %s (expected: a file of its own)"
                                .formatted(output, other, why));
            }
        }
    }

    private static boolean isSame(Path a, Path b) throws IOException {
        if (Files.exists(a) && Files.exists(b)) {
            return Files.isSameFile(a, b); // sees through links
        }
        return inRealFolder(a).equals(inRealFolder(b));
    }

    private static Path inRealFolder(Path path) throws IOException {
        Path folder = folder(path);
        Path name = path.getFileName();
        return Files.isDirectory(folder) && name != null
                ? folder.toRealPath().resolve(name)
                : path.toAbsolutePath().normalize();
    }

    private static Path folder(Path path) {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
    }

    /** Sets what will be written to a file that was added. */
    void put(Path path, Tensor result) {
        results.put(path, result);
    }

    /**
     * Writes all results under temporary names, then moves them to their own.
     *
     * @throws IOException if one cannot be written; then no file has appeared or changed
     */
    void write() throws IOException {
        try (StagedFiles files = new StagedFiles()) {
            for (Map.Entry<Path, Tensor> result : results.entrySet()) {
                files.stage(result.getKey(), output -> Npy.write(output, result.getValue()));
            }
            files.commit();
        }
    }

    /** The files, for people: {@code y.npy, gx.npy}. */
    String names() {
        return String.join(", ", results.keySet().stream().map(Path::toString).toList());
    }
}
