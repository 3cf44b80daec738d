package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the backward passes are the forward pass's adjoints and derivatives. */
class GradientTest {

    /**
     * ⟨conv(x, w), gy⟩ = ⟨x, gx⟩ = ⟨w, gw⟩ and, with x and w zero, ⟨b, gb⟩: exact on small
     * integers.
     */
    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void theGradientsAreTheAdjoints(Algorithm algorithm) {
        LongStream.range(50_000, 50_200)
                .mapToObj(RandomGeometry::of)
                .filter(random -> algorithm.supports(random.geometry()) && algorithm.isExact())
                .forEach(random -> {
                    Conv2dGeometry g = random.geometry();
                    Operands operands = Operands.integers(g, random.seed());
                    MemoryFormat format = MemoryFormat.values()[(int) (random.seed() % 2)];
                    Conv2d conv = random.convolution(algorithm, Blas.openBlas());
                    try (Arena arena = Arena.ofConfined()) {
                        Tensor x = operands.x(arena, format);
                        Tensor w = operands.w(arena, format);
                        Tensor b = operands.b(arena);
                        Tensor gy = operands.gy(arena, format);
                        String what = random + " " + algorithm;
                        double product = Im2colTest.inner(conv.forward(x, w, null, arena), gy);
                        Tensor gx = conv.backwardInput(w, gy, g.inputShape(), arena);
                        Tensor gw = conv.backwardWeight(x, gy, g.weightShape(), arena);
                        assertThat(Im2colTest.inner(x, gx)).as(what).isEqualTo(product);
                        assertThat(Im2colTest.inner(w, gw)).as(what).isEqualTo(product);

                        Tensor zeros = Tensor.zeros(arena, g.inputShape());
                        double biased = Im2colTest.inner(conv.forward(zeros, w, b, arena), gy);
                        Tensor gb = conv.backwardBias(gy, arena);
                        assertThat(Im2colTest.inner(b, gb)).as(what).isEqualTo(biased);
                    }
                });
    }

    /**
     * Central differences of L = Σ gy·y. L is linear in each operand alone, so that (L(v + h) − L(v
     * − h)) / 2h is the derivative itself, whatever h, but for roundings: DIRECT rounds each y
     * once, by at most u·|y|, and the gradient once. With h = ½ and values that are multiples of
     * 2⁻¹⁰, v ± h is exact.
     */
    @Test
    void theGradientsAreTheDifferenceQuotients() {
        Conv2d conv =
                Conv2d.builder()
                        .stride(2, 1)
                        .dilation(1, 2)
                        .padding(Padding.of(1, 2, 0, 1))
                        .groups(2)
                        .algorithm(Algorithm.DIRECT)
                        .build();
        Conv2dGeometry g = conv.geometry(new long[] {2, 4, 7, 6}, new long[] {6, 2, 3, 2});
        Operands operands = multiplesOfTwoToMinusTen(Operands.normals(g, 77));
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = operands.x(arena, MemoryFormat.CHANNELS_FIRST);
            Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
            Tensor b = operands.b(arena);
            Tensor gy = operands.gy(arena, MemoryFormat.CHANNELS_FIRST);
            Loss loss = new Loss(conv, x, w, b, gy, Tensor.zeros(arena, g.outputShape()));
            assertDifferenceQuotients(
                    "x", x, conv.backwardInput(w, gy, g.inputShape(), arena), loss);
            assertDifferenceQuotients(
                    "w", w, conv.backwardWeight(x, gy, g.weightShape(), arena), loss);
            assertDifferenceQuotients("b", b, conv.backwardBias(gy, arena), loss);
        }
    }

    private static Operands multiplesOfTwoToMinusTen(Operands o) {
        for (float[] values : new float[][] {o.x(), o.w(), o.b(), o.gy()}) {
            for (int at = 0; at < values.length; at++) {
                values[at] = Math.round(values[at] * 1024) / 1024f;
            }
        }
        return o;
    }

    private static void assertDifferenceQuotients(
            String what, Tensor operand, Tensor gradient, Loss loss) {
        double h = 0.5;
        float[] gradients = gradient.toArray();
        Tensor flat = operand.reshape(operand.elementCount());
        for (int at = 0; at < gradients.length; at++) {
            float value = flat.get(at);
            flat.set((float) (value + h), at);
            double above = loss.value();
            double roundings = loss.rounding();
            flat.set((float) (value - h), at);
            double below = loss.value();
            roundings += loss.rounding();
            flat.set(value, at);
            double quotient = (above - below) / (2 * h);
            double tolerance =
                    roundings / (2 * h) + ErrorBound.UNIT * Math.abs(gradients[at]) + 0x1p-40;
            assertThat(Math.abs(quotient - gradients[at]))
                    .as(
                            "%s[%d]: gradient %s, difference quotient %s",
                            what, at, gradients[at], quotient)
                    .isLessThanOrEqualTo(tolerance);
        }
        assertThat(Im2colTest.inner(gradient, gradient)).as(what).isGreaterThan(1);
    }

    /** Σ gy·y, summed in double. */
    private record Loss(Conv2d conv, Tensor x, Tensor w, Tensor b, Tensor gy, Tensor y) {

        double value() {
            conv.forward(x, w, b, y);
            return Im2colTest.inner(y, gy);
        }

        /** What the roundings of the y computed last can make of it: Σ |gy|·u·|y|. */
        double rounding() {
            float[] outputs = y.toArray();
            float[] gradients = gy.toArray();
            double sum = 0;
            for (int at = 0; at < outputs.length; at++) {
                sum +=
                        Math.abs((double) outputs[at] * gradients[at])
                                * ErrorBound.UNIT
                                * (1 + 0x1p-20);
            }
            return sum;
        }
    }
}
