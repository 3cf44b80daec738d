package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkModelsTest {
    /**
     * Weights and thousandths of 10⁹ multiply-adds as torchvision's documentation gives them for
     * each network (its weights' {@code num_params} and {@code _ops}).
     */
    @ParameterizedTest
    @CsvSource({
        "RESNET18, 11689512, 1814",
        "RESNET50, 25557032, 4089",
        "MOBILENETV2, 3504872, 301",
        "SQUEEZENET, 1235496, 349",
        "DENSENET121, 7978856, 2834",
        "SHUFFLENETV2, 2278604, 145"
    })
    void theNetworksHaveThePublishedSizes(NetworkModels model, long parameters, long millions) {
        NetworkModels.Network network = model.network();
        assertThat(network.parameters()).isEqualTo(parameters);
        assertThat(Math.round(network.multiplications() / 1e6)).isEqualTo(millions);
    }

    /** Four bytes a weight, and little beside them. */
    @ParameterizedTest
    @CsvSource({"SQUEEZENET", "SHUFFLENETV2"})
    void theFileHoldsTheWeightsAsRawBytes(NetworkModels model) {
        NetworkModels.Network network = model.network(64, 96);
        assertThat((long) network.model().toBytes().length)
                .isBetween(4 * network.parameters(), 4 * network.parameters() + 250_000);
    }
}
