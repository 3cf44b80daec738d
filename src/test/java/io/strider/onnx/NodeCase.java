package io.strider.onnx;

import io.strider.tensor.NdArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of ONNX's own node tests: a folder with a model of one node, or few, and files of inputs and
 * expected outputs. Debian's package libonnx-testdata brings them.
 */
record NodeCase(Path folder) {
    static final Path DATA = Path.of("/usr/share/libonnx-testdata/data/node");

    /** All there are, in the order of their names. */
    static List<NodeCase> all() throws IOException {
        try (Stream<Path> folders = Files.list(DATA)) {
            return folders.sorted().map(NodeCase::new).toList();
        }
    }

    String name() {
        return folder.getFileName().toString();
    }

    Path model() {
        return folder.resolve("model.onnx");
    }

    /** Inputs or outputs, in the model's order. */
    List<NdArray> arrays(String kind) throws IOException {
        List<NdArray> arrays = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; ; i++) {
                Path file = folder.resolve("test_data_set_0/" + kind + "_" + i + ".pb");
                if (!Files.exists(file)) {
                    return arrays;
                }
                arrays.add(OnnxReader.readTensor(file, arena).toArray());
            }
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
