package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients by prepared weights and on workers, as the public methods give them. */
class PreparedGradientTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WINOGRAD") // whose sums are not exact
    void inputGradientsOfSmallIntegersAreExact(Algorithm algorithm) {
        try (Workers workers = Workers.of(3)) {
            LongStream.range(70_000, 70_300)
                    .mapToObj(RandomGeometry::of)
                    .filter(random -> algorithm.supports(random.geometry()))
                    .forEach(random -> checkInputGradient(random, algorithm, workers));
        }
    }

    private static void checkInputGradient(
            RandomGeometry random, Algorithm algorithm, Workers workers) {
        Conv2dGeometry geometry = random.geometry();
        Operands operands = Operands.integers(geometry, random.seed());
        Random choices = new Random(random.seed());
        FramedTensor.Kind[] kinds = FramedTensor.Kind.values();
        try (Arena arena = Arena.ofShared()) {
            FramedTensor.Kind in = kinds[choices.nextInt(kinds.length)];
            FramedTensor.Kind out = kinds[choices.nextInt(kinds.length)];
            Tensor gy =
                    FramedTensor.holding(arena, in, choices, operands.gy(), geometry.outputShape())
                            .view();
            FramedTensor gx = FramedTensor.of(arena, out, choices, geometry.inputShape());
            FramedTensor again = FramedTensor.of(arena, out, choices, geometry.inputShape());
            Conv2d conv =
                    Conv2d.builder()
                            .stride(geometry.strideHeight(), geometry.strideWidth())
                            .dilation(geometry.dilationHeight(), geometry.dilationWidth())
                            .padding(geometry.padding())
                            .groups(geometry.groups())
                            .algorithm(algorithm)
                            .strictNumerics(true)
                            .blas(Blas.plain())
                            .build();
            Tensor w = operands.w(arena, MemoryFormat.values()[choices.nextInt(2)]);
            PreparedConv2d prepared = conv.prepareInputGradient(geometry.inputShape(), w, arena);

            prepared.run(gy, gx.view());
            prepared.run(workers, gy, again.view());

            String what = "%s, %s, gy %s, gx %s".formatted(random, algorithm, in, out);
            double[] expected = ErrorBound.doubles(operands.direct(arena).gx());
            ErrorBound.assertExact(what, gx.view(), expected);
            ErrorBound.assertExact(what + ", workers", again.view(), expected);
            gx.assertFrameUntouched(what);
            again.assertFrameUntouched(what);
        }
    }

    @Test
    void weightGradientsOfSmallIntegersAreExactOnAnyNumberOfThreads() {
        try (Workers workers = Workers.of(3)) {
            LongStream.range(71_000, 71_400)
                    .mapToObj(RandomGeometry::of)
                    .forEach(random -> checkWeightGradient(random, workers));
        }
    }

    private static void checkWeightGradient(RandomGeometry random, Workers workers) {
        Conv2dGeometry geometry = random.geometry();
        Operands operands = Operands.integers(geometry, random.seed());
        try (Arena arena = Arena.ofShared()) {
            double[] expected = ErrorBound.doubles(operands.direct(arena).gw());
            Conv2d conv = random.convolution(Algorithm.AUTO, Blas.openBlas());
            for (MemoryFormat format : MemoryFormat.values()) {
                Tensor x = operands.x(arena, format);
                Tensor gy = operands.gy(arena, format);
                Tensor gw = Tensor.zeros(arena, geometry.weightShape());
                conv.backwardWeight(x, gy, gw);
                ErrorBound.assertExact(random + " " + format, gw, expected);
                gw.fill(Float.NaN);
                conv.backwardWeight(workers, x, gy, gw);
                ErrorBound.assertExact(random + " " + format + ", workers", gw, expected);
            }
        }
    }

    @Test
    void confinedMemoryIsRefusedWithWorkers() {
        Conv2d conv = Conv2d.builder().build();
        try (Arena arena = Arena.ofShared();
                Arena confined = Arena.ofConfined();
                Workers workers = Workers.of(2)) {
            Tensor x = Tensor.zeros(arena, 1, 2, 5, 6);
            Tensor gy = Tensor.zeros(arena, 1, 3, 3, 4);
            Tensor gw = Tensor.zeros(confined, 3, 2, 3, 3);
            assertThatThrownBy(() -> conv.backwardWeight(workers, x, gy, gw))
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("gw: its arena is confined");
            PreparedConv2d own = conv.prepareInputGradient(x.shape(), gw, confined);
            assertThatThrownBy(() -> own.run(workers, gy, x))
                    .isInstanceOf(WrongThreadException.class);
            own.run(gy, x);
            assertThat(own.inputShape(1)).isEqualTo(gy.shape());
            assertThat(own.outputShape(1)).isEqualTo(x.shape());
        }
    }
}
