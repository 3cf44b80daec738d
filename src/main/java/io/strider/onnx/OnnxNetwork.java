package io.strider.onnx;

import io.strider.blas.EarlyLinking;
import io.strider.graph.Graph;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/**
 * An ONNX model as a graph, with its weights in off-heap memory of its own.
 *
 * <pre>{@code
 * try (OnnxNetwork network = OnnxNetwork.load(Path.of("model.onnx"));
 *         Session session = Session.of(network.graph())) {
 *     …
 * }
 * }</pre>
 *
 * <p>Operator sets 7 to {@value #NEWEST_OPSET} of ONNX's own domain. Every node is translated when
 * the model is loaded: what is not supported is told then, with the node's name.
 *
 * <p>Immutable and thread-safe. The graph may be used until {@link #close}.
 */
public final class OnnxNetwork implements AutoCloseable {
    /** The newest operator set whose rules are known. */
    public static final long NEWEST_OPSET = 23;

    private final Arena arena;
    private final Graph graph;
    private final String producer;
    private final long opset;
    private final Map<String, String> metadata;

    private OnnxNetwork(Arena arena, OnnxModel model) throws OnnxFormatException {
        this.arena = arena;
        this.opset = model.opsets().getOrDefault("", 0L);
        this.graph = new GraphTranslation(model, arena).graph();
        this.producer = model.producer();
        this.metadata = model.metadata();
    }

    /**
     * Reads a model and translates it.
     *
     * @param path an {@code .onnx} file; data it keeps in other files must lie in its folder
     * @throws OnnxFormatException if the file is no ONNX model, is damaged, or needs what is not
     *     supported; the message names what and where
     * @throws IOException if it cannot be read
     */
    @SuppressWarnings("MustBeClosed") // by close(), or here if there is nothing to close
    public static OnnxNetwork load(Path path) throws IOException {
        EarlyLinking.begin();
        Arena arena = Arena.ofShared();
        try {
            return new OnnxNetwork(arena, OnnxReader.read(path, arena));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Translates a model that is in memory; it cannot have data in other files.
     *
     * @param bytes what an {@code .onnx} file holds; copied
     * @throws OnnxFormatException as {@link #load(Path)}
     * @throws IOException never otherwise
     */
    @SuppressWarnings("MustBeClosed") // by close(), or here if there is nothing to close
    public static OnnxNetwork load(byte[] bytes) throws IOException {
        EarlyLinking.begin();
        Arena arena = Arena.ofShared();
        try {
            return new OnnxNetwork(arena, OnnxReader.read(bytes, "model", arena));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Reads a file that holds one tensor and nothing else ({@code .pb}), as ONNX's test data does.
     *
     * @throws OnnxFormatException if it is malformed or not of numbers
     * @throws IOException if it cannot be read
     */
    public static NdArray readTensor(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return OnnxReader.readTensor(path, arena).toArray();
        }
    }

    /** What the model computes; to be used until this is closed. */
    public Graph graph() {
        return graph;
    }

    /** Name and version of the program that wrote the model; may be empty. */
    public String producer() {
        return producer;
    }

    /** The version of ONNX's operator set that the model is written in. */
    public long opset() {
        return opset;
    }

    /** Keys and values that the model's author added, such as how pictures are to be prepared. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Gives the memory of the weights back; sessions of the graph must be closed before. Closing
     * again is harmless.
     */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
