package io.strider.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.onnx.NetworkModels;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkAgreementTest {
    private static final int CLASSES = 1000;

    @TempDir private Path folder;

    private static float[] outputs(NetworkEngine engine, Path model, int batch) throws Exception {
        try (engine;
                NetworkEngine.Loaded network = engine.load(model, batch)) {
            Map<NetworkInput, ByteBuffer> data = new HashMap<>();
            network.inputs().forEach(input -> data.put(input, input.data()));
            network.bind(data);
            network.run();
            return network.outputs();
        }
    }

    private Path written(NetworkModels model) throws Exception {
        Path path = folder.resolve(model.text() + ".onnx");
        model.network().model().writeTo(path);
        return path;
    }

    @ParameterizedTest
    @EnumSource(NetworkModels.class)
    void bothEnginesAgree(NetworkModels model) throws Exception {
        Path path = written(model);
        for (int batch = 1; batch <= 2; batch++) {
            float[] expected = outputs(new OnnxRuntimeNetworks(1), path, batch);
            assertThat(expected).hasSize(batch * CLASSES);
            assertThat(
                            OutputAgreement.difference(
                                    expected, outputs(new StriderNetworks(batch), path, batch)))
                    .as("%s, batch %d", model.text(), batch)
                    .isEmpty();
        }
    }

    /**
     * Values keep their size through the depth, and do not lose what they are computed from: two
     * pictures differ in the outputs by a good part of what outputs differ from one another.
     */
    @ParameterizedTest
    @EnumSource(NetworkModels.class)
    void outputsAreOfOrdinarySizeAndTellPicturesApart(NetworkModels model) throws Exception {
        float[] both = outputs(new OnnxRuntimeNetworks(1), written(model), 2);
        double spread = deviation(Arrays.copyOf(both, CLASSES));
        float[] differences = new float[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            differences[i] = both[i] - both[CLASSES + i];
        }
        assertThat(spread).as("deviation of %s's outputs", model.text()).isBetween(0.03, 30.0);
        assertThat(deviation(differences)).as("of differences").isGreaterThan(0.02 * spread);
    }

    private static double deviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(squares / values.length - mean * mean);
    }
}
