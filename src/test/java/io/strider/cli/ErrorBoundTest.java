package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ErrorBoundTest {
    private static ErrorBound.Deviation deviation(float actual, double expected, float magnitude) {
        try (Arena arena = Arena.ofConfined()) {
            return new ErrorBound(3, new float[] {magnitude})
                    .deviation(
                            Tensor.of(arena, new float[] {actual}, 1),
                            new Npy.Doubles(new long[] {1}, new double[] {expected}));
        }
    }

    @Test
    void gammaIsHighams() {
        assertThat(ErrorBound.gamma(1)).isEqualTo(0x1p-24 / (1 - 0x1p-24));
        assertThat(ErrorBound.gamma(1 << 23)).isEqualTo(1);
    }

    @Test
    void theShareIsDifferenceByBound() {
        ErrorBound.Deviation deviation = deviation(1.5f, 1, 2e6f);
        assertThat(deviation.largest()).isEqualTo(0.5);
        assertThat(deviation.share()).isCloseTo(0.5 / (ErrorBound.gamma(3) * 2e6), within(1e-12));
        assertThat(deviation(1.5f, 1, 4e6f).isWithin()).isTrue();
        assertThat(deviation(1.5f, 1, 2e6f).isWithin()).isFalse();
    }

    @Test
    void equalValuesNeedNoBoundAndNaNHasNone() {
        assertThat(deviation(1, 1, 0).isWithin()).isTrue();
        assertThat(deviation(1, 1, 0).isExact()).isTrue();
        assertThat(deviation(1, 2, 0).isWithin()).isFalse();
        assertThat(deviation(Float.NaN, 2, 1e9f).isWithin()).isFalse();
        assertThat(deviation(Float.NaN, 2, 1e9f).isExact()).isFalse();
        assertThat(deviation(Float.POSITIVE_INFINITY, 2, 1e9f).isWithin()).isFalse();
    }

    @Test
    void anotherShapeIsNotCompared() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor actual = Tensor.zeros(arena, 1, 2);
            Npy.Doubles expected = new Npy.Doubles(new long[] {2, 1}, new double[2]);
            ErrorBound bound = new ErrorBound(1, new float[2]);
            assertThatThrownBy(() -> bound.deviation(actual, expected))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[1, 2]");
        }
    }

    @Test
    void everyResultHasItsOwnNumberOfProducts() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            GoldenCases cases = GoldenCases.packaged();
            GoldenCase golden = cases.named("grouped-4"); // x 2×16×12×10, w 24×4×3×3, with bias
            ErrorBound.OfCase bounds = ErrorBound.of(golden, cases.load(golden, arena));
            assertThat(bounds.y().products()).isEqualTo(4 * 9 + 1);
            assertThat(bounds.gx().products()).isEqualTo(24 / 4 * 9);
            assertThat(bounds.gw().products()).isEqualTo(2 * 12 * 10);
            assertThat(bounds.gb().products()).isEqualTo(2 * 12 * 10);
        }
    }
}
