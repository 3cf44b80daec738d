package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Workers;
import io.strider.graph.PlainRun;
import io.strider.graph.Session;
import io.strider.graph.Value;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole networks on small pictures: a session computes what the plain run does. */
class NetworksInSessionsTest {
    private static final int HEIGHT = 64;
    private static final int WIDTH = 96;
    private static final int CLASSES = 1000;
    private static final long SEED = 7;

    /**
     * What a convolution may add to the error, as a share of the largest magnitude, in units of u =
     * 2⁻²⁴: at most 5·u·Σ|a||b| was measured of any algorithm, Winograd's F(4×4,3×3) among them;
     * Σ|a||b| of K terms of random signs is about √K/6 times the largest such sum, 11 times for K =
     * 9·512. Layers keep the size of values, so the errors of all convolutions add up at worst. The
     * plain run rounds every value to float32 too, which is little beside it.
     */
    private static final double UNITS_A_CONVOLUTION = 5 * 11;

    @ParameterizedTest
    @EnumSource(NetworkModels.class)
    void aSessionComputesWhatThePlainRunDoes(NetworkModels model) throws Exception {
        byte[] bytes = model.network(HEIGHT, WIDTH).model().toBytes();
        try (OnnxNetwork network = OnnxNetwork.load(bytes);
                Workers workers = Workers.of(2);
                Arena arena = Arena.ofShared()) {
            Tensor pictures = pictures(arena);
            String input = network.graph().inputs().getFirst().name();
            String output = network.graph().outputs().getFirst();
            double[] expected =
                    PlainRun.run(network.graph(), Map.of(input, NdArray.of(pictures)))
                            .get(output)
                            .toDoubles();
            assertThat(expected).hasSize(2 * CLASSES);
            long convolutions =
                    network.graph().nodes().stream()
                            .filter(node -> node.operator().name().startsWith("Conv"))
                            .count();
            assertThat(convolutions).isGreaterThan(18);
            double tolerance = convolutions * UNITS_A_CONVOLUTION * 0x1p-24;
            for (@Nullable Workers of : new Workers[] {null, workers}) {
                try (Session session = Session.builder(network.graph()).workers(of).build()) {
                    for (int first = 0; first < 2; first++) {
                        Tensor some = pictures.slice(0, first, 2);
                        Tensor actual = Tensor.zeros(arena, some.size(0), CLASSES);
                        session.run(Map.of(input, new Value.Floats(some)), Map.of(output, actual));
                        assertThat(difference(expected, first * CLASSES, actual.toArray()))
                                .as(
                                        "%s from picture %d on, %s, seed %d: share of the largest",
                                        model.text(), first, of == null ? "alone" : "workers", SEED)
                                .isLessThanOrEqualTo(tolerance);
                    }
                }
            }
        }
    }

    private static Tensor pictures(Arena arena) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[2 * NetworkModels.CHANNELS * HEIGHT * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, 2, NetworkModels.CHANNELS, HEIGHT, WIDTH);
    }

    /** The largest difference, as a share of the largest expected magnitude; NaN if any is. */
    private static double difference(double[] expected, int from, float[] actual) {
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs(expected[from + i]));
            worst = Math.max(worst, Math.abs(expected[from + i] - actual[i]));
        }
        return worst / largest;
    }
}
