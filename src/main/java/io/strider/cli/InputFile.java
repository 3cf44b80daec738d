package io.strider.cli;

import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file that an option names.
 *
 * @param option the option, for messages
 * @param path where it is
 */
record InputFile(String option, Path path) {

    /**
     * Reads the tensor in it.
     *
     * @throws IOException if it is missing, no file, malformed, or larger than the memory
     */
    Tensor read(Arena arena) throws IOException {
        if (Files.isRegularFile(path)) {
            Memory.require(path.toString(), Files.size(path));
        }
        return Npy.read(path, arena);
    }

    /**
     * Reads a tensor of a rank.
     *
     * @param layout what its dimensions are, for the message
     */
    Tensor read(Arena arena, int rank, String layout) throws IOException {
        Tensor tensor = read(arena);
        if (tensor.rank() != rank) {
            throw refused(tensor, "rank " + rank + ", " + layout);
        }
        return tensor;
    }

    /** Checks the shape of the tensor that was read. */
    void requireShape(Tensor tensor, long[] expected, String because) {
        if (!Arrays.equals(tensor.shape(), expected)) {
            throw refused(tensor, Arrays.toString(expected) + ", " + because);
        }
    }

    private IllegalArgumentException refused(Tensor tensor, String expected) {
        return new IllegalArgumentException(
                "%s %s: shape %s (expected: %s)"
                        .formatted(option, path, Arrays.toString(tensor.shape()), expected));
    }
}
