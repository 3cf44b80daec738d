package io.strider.onnx;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads ONNX models and ONNX's files of single tensors ({@code .pb}).
 *
 * <p>Nothing in a file is trusted. Lengths are held against what remains of the message around
 * them, sizes against the bytes that are there, and both against {@link OnnxLimits} before memory
 * is taken; names are checked to be UTF-8 and unique; graphs in attributes may lie {@value
 * GraphFields#DEEPEST} deep. What does not fit is an {@link OnnxFormatException}.
 *
 * <p>A file is read once, the elements of its tensors into memory of the caller's arena, where they
 * stay; changing the file afterwards changes nothing. If reading fails, what it has taken from the
 * arena stays taken until the arena is closed. All methods may be called from many threads; what
 * they return may be used from whichever threads the arena allows.
 */
final class OnnxReader {
    private OnnxReader() {}

    /**
     * Reads a model. Its external data, if any, is read from its folder.
     *
     * @param path a regular file
     * @param arena where the file and its tensors go
     * @throws OnnxFormatException if the content is malformed, of a kind that cannot be read, or
     *     larger than the limits
     * @throws IOException if the file is missing, no regular file, or cannot be read
     */
    static OnnxModel read(Path path, Arena arena, OnnxLimits limits) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(arena, "arena");
        ReadBudget budget = new ReadBudget(limits);
        Path folder = path.toAbsolutePath().getParent();
        try (FileChannel channel = FileBytes.open(path)) {
            ModelBytes bytes = FileBytes.of(channel, path, arena, budget);
            return model(path.toString(), bytes, folder, arena, budget);
        }
    }

    /**
     * Reads a model with the standard limits.
     *
     * @see #read(Path, Arena, OnnxLimits)
     */
    static OnnxModel read(Path path, Arena arena) throws IOException {
        return read(path, arena, OnnxLimits.standard());
    }

    /**
     * Reads a model from a stream to its end; the stream is not closed. External data is refused.
     *
     * @param name what messages call it
     * @param arena where the bytes and the tensors go
     * @throws OnnxFormatException if the content is malformed, of a kind that cannot be read, or
     *     larger than the limits
     * @throws IOException if the stream fails
     */
    static OnnxModel read(InputStream input, String name, Arena arena, OnnxLimits limits)
            throws IOException {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arena, "arena");
        ReadBudget budget = new ReadBudget(limits);
        ModelBytes bytes = FileBytes.of(input, name, arena, budget);
        return model(name, bytes, null, arena, budget);
    }

    /**
     * Reads a model from bytes, which are copied, with the standard limits. External data is
     * refused.
     *
     * @param name what messages call it
     * @throws OnnxFormatException if the content is malformed, of a kind that cannot be read, or
     *     larger than the limits
     */
    static OnnxModel read(byte[] bytes, String name, Arena arena) throws IOException {
        Objects.requireNonNull(bytes, "bytes");
        return read(new ByteArrayInputStream(bytes), name, arena, OnnxLimits.standard());
    }

    /**
     * Reads a file that holds one tensor and nothing else, as ONNX's test data does.
     *
     * @param path a regular file
     * @param arena where the file and the tensor go
     * @throws OnnxFormatException if the content is malformed, a string tensor, a sequence or a
     *     map, or larger than the limits
     * @throws IOException if the file is missing, no regular file, or cannot be read
     */
    static OnnxTensor readTensor(Path path, Arena arena, OnnxLimits limits) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(arena, "arena");
        ReadBudget budget = new ReadBudget(limits);
        Path folder = path.toAbsolutePath().getParent();
        try (FileChannel channel = FileBytes.open(path)) {
            ModelBytes bytes = FileBytes.of(channel, path, arena, budget);
            ReadContext context = context(path.toString(), bytes, folder, arena, budget);
            return context.wire().whole(() -> TensorFields.read(context));
        }
    }

    /**
     * Reads a file of one tensor with the standard limits.
     *
     * @see #readTensor(Path, Arena, OnnxLimits)
     */
    static OnnxTensor readTensor(Path path, Arena arena) throws IOException {
        return readTensor(path, arena, OnnxLimits.standard());
    }

    private static OnnxModel model(
            String name, ModelBytes bytes, @Nullable Path folder, Arena arena, ReadBudget budget)
            throws IOException {
        ReadContext context = context(name, bytes, folder, arena, budget);
        return context.wire().whole(() -> ModelFields.read(context));
    }

    private static ReadContext context(
            String name, ModelBytes bytes, @Nullable Path folder, Arena arena, ReadBudget budget) {
        WireReader wire = new WireReader(name, bytes, budget);
        return new ReadContext(wire, arena, new ExternalFiles(folder, arena));
    }
}
