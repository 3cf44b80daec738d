package io.strider.embedding;

import io.strider.graph.Graph;
import io.strider.graph.GraphInput;
import io.strider.onnx.OnnxNetwork;
import io.strider.tensor.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model says about its pictures, and how it is compared with that.
 *
 * @param preprocessing how they are prepared
 * @param input the name of the value that they become
 */
record ModelPictures(Preprocessing preprocessing, String input) {
    private static final String PACKAGED = "face_recognition.onnx";

    /**
     * Loads a model.
     *
     * @param model an ONNX file; null for the packaged one
     * @throws IOException if it cannot be read or run, or there is no packaged one
     */
    static OnnxNetwork network(@Nullable Path model) throws IOException {
        if (model != null) {
            return OnnxNetwork.load(model);
        }
        try (InputStream stream = ImageEmbedder.class.getResourceAsStream(PACKAGED)) {
            if (stream == null) {
                throw new IOException(
                        "the packaged model is missing (expected: strider-faces.jar on the class"
                                + " path, or a model of your own)");
            }
            return OnnxNetwork.load(stream.readAllBytes());
        }
    }

    /**
     * Reads a model's metadata, or a {@code preprocessor_config.json} beside it.
     *
     * @param entries stand in place of the metadata's of the same names
     * @throws MissingPreprocessingException if neither says anything
     * @throws IOException if what they say is wrong or cannot be read
     */
    static Preprocessing preprocessing(
            OnnxNetwork network, Map<String, String> entries, @Nullable Path model)
            throws IOException {
        Map<String, String> all = new HashMap<>(network.metadata());
        all.putAll(entries);
        Preprocessing told = Preprocessing.fromMetadata(all).orElse(null);
        if (told != null) {
            return told;
        }
        Path file = model == null ? null : model.resolveSibling("preprocessor_config.json");
        if (file != null && Files.exists(file)) {
            return Preprocessing.fromConfig(file);
        }
        throw new MissingPreprocessingException(
                "%s: nothing tells how pictures are to be prepared (expected: metadata"
                                .formatted(model)
                        + " image.size, image.mean, …, or a preprocessor_config.json beside the"
                        + " model, or options)");
    }

    /**
     * Compares a network's input with how pictures are prepared.
     *
     * @throws IllegalArgumentException if they do not fit
     */
    static ModelPictures of(Graph graph, Preprocessing preprocessing) {
        List<GraphInput> inputs = graph.inputs();
        GraphInput only = inputs.size() == 1 ? inputs.getFirst() : null;
        boolean fits =
                only != null
                        && only.type() == ElementType.FLOAT32
                        && only.shape().length == 4
                        && (only.shape()[1] == GraphInput.FREE
                                || only.shape()[1] == preprocessing.channels());
        if (only == null || !fits) {
            throw Checks.refused(
                    "model: inputs %s (expected: one, float32, N×%s×H×W, for pictures)",
                    inputs, preprocessing.channels());
        }
        preprocessing.fixedSize().ifPresent(size -> requireSize(only, size));
        return new ModelPictures(preprocessing, only.name());
    }

    private static void requireSize(GraphInput input, ImageSize size) {
        long height = input.shape()[2];
        long width = input.shape()[3];
        if ((height != GraphInput.FREE && height != size.height())
                || (width != GraphInput.FREE && width != size.width())) {
            throw Checks.refused(
                    "preprocessing: pictures of %s (expected: the model's %s)", size, input);
        }
    }
}
