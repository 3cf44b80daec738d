package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a worker needs beside the prepared weights, on every distinct convolution of ResNet-50. */
class ResNetScratchTest {
    private static final long MOST_BYTES = 4L << 20;

    @ParameterizedTest(name = "{0}×{0}/{1}, {2}→{3}, {4}×{4}")
    @CsvSource({
        "7, 2, 3, 64, 224",
        "1, 1, 64, 64, 56",
        "1, 1, 64, 256, 56",
        "3, 1, 64, 64, 56",
        "1, 1, 256, 64, 56",
        "1, 1, 256, 128, 56",
        "1, 2, 256, 128, 56",
        "1, 2, 256, 512, 56",
        "3, 2, 128, 128, 56",
        "3, 1, 128, 128, 28",
        "1, 1, 128, 512, 28",
        "1, 1, 512, 128, 28",
        "1, 1, 512, 256, 28",
        "1, 2, 512, 256, 28",
        "1, 2, 512, 1024, 28",
        "3, 2, 256, 256, 28",
        "3, 1, 256, 256, 14",
        "1, 1, 256, 1024, 14",
        "1, 1, 1024, 256, 14",
        "1, 1, 1024, 512, 14",
        "1, 2, 1024, 512, 14",
        "1, 2, 1024, 2048, 14",
        "3, 2, 512, 512, 14",
        "3, 1, 512, 512, 7",
        "1, 1, 512, 2048, 7",
        "1, 1, 2048, 512, 7",
    })
    void isAtMostFourMebibytes(long kernel, long stride, long in, long out, long size) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor weight = Tensor.zeros(arena, out, in, kernel, kernel);
            long[] input = {8, in, size, size};
            for (boolean strict : new boolean[] {false, true}) {
                Conv2d conv =
                        Conv2d.builder()
                                .stride(stride, stride)
                                .padding(Padding.of(kernel / 2, kernel / 2))
                                .strictNumerics(strict)
                                .build();
                assertThat(conv.prepare(input, weight, null, Activation.RELU, arena).scratchBytes())
                        .as("forward, strict %s", strict)
                        .isBetween(0L, MOST_BYTES);
                assertThat(conv.prepareInputGradient(input, weight, arena).scratchBytes())
                        .as("gradient by the input, strict %s", strict)
                        .isBetween(0L, MOST_BYTES);
                Conv2dGeometry geometry = conv.geometry(input, weight.shape());
                assertThat(WeightGradient.of(geometry, Blas.openBlas()).scratchBytes())
                        .as("gradient by the weights")
                        .isBetween(0L, MOST_BYTES);
            }
        }
    }
}
