package io.strider.benchmark.network;

import io.strider.onnx.NetworkModels;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a network's file comes from.
 *
 * @param name of the network in tables
 * @param origin gives the file
 */
record NetworkSource(String name, Origin origin) {
    /** The network that the library brings along. */
    static final String FACE = "face";

    private static final String FACE_RESOURCE = "/io/strider/embedding/face_recognition.onnx";
    private static final String SUFFIX = ".onnx";

    /** Gives a model's file. */
    @FunctionalInterface
    interface Origin {
        /**
         * The file.
         *
         * @param folder for what has to be written first
         */
        Path path(Path folder) throws IOException;
    }

    /** The networks that need no file. */
    static List<String> names() {
        return Stream.concat(
                        Arrays.stream(NetworkModels.values()).map(NetworkModels::text),
                        Stream.of(FACE))
                .toList();
    }

    /**
     * One of {@link #names}.
     *
     * @throws IllegalArgumentException if it is none
     */
    static NetworkSource named(String name) {
        if (name.equals(FACE)) {
            return new NetworkSource(name, NetworkSource::face);
        }
        for (NetworkModels model : NetworkModels.values()) {
            if (model.text().equals(name)) {
                return new NetworkSource(
                        name,
                        folder -> {
                            Path path = folder.resolve(name + SUFFIX);
                            model.network().model().writeTo(path);
                            return path;
                        });
            }
        }
        throw new IllegalArgumentException(
                "--models: %s (expected: %s)".formatted(name, String.join(", ", names())));
    }

    /** A model file, called by its own name without {@value #SUFFIX}. */
    static NetworkSource file(Path path) {
        String name = path.getFileName().toString();
        return new NetworkSource(
                name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name,
                _ -> path);
    }

    private static Path face(Path folder) throws IOException {
        try (InputStream model = NetworkSource.class.getResourceAsStream(FACE_RESOURCE)) {
            if (model == null) {
                throw new FileNotFoundException(FACE_RESOURCE + ": not on the class path");
            }
            Path path = folder.resolve(FACE + SUFFIX);
            Files.copy(model, path);
            return path;
        }
    }
}
