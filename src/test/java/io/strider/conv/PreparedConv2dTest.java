package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prepared convolutions of all algorithms against DIRECT: random geometries, operands of any
 * strides, one thread and several, epilogues.
 */
class PreparedConv2dTest {
    /** 1 for most; hard-swish has slopes up to 1.5. */
    private static final double STEEPEST = 1.5;

    private static final List<Activation> ACTIVATIONS =
            List.of(
                    Activation.NONE,
                    Activation.RELU,
                    Activation.RELU6,
                    Activation.clamp(-1, 2),
                    Activation.SILU,
                    Activation.HARD_SWISH);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void outputsStayWithinTheBoundWhateverTheStrides(Algorithm algorithm) {
        try (Workers workers = Workers.of(3)) {
            LongStream.range(0, 400)
                    .mapToObj(RandomGeometry::of)
                    .filter(random -> algorithm.supports(random.geometry()))
                    .forEach(random -> check(random, algorithm, workers));
        }
    }

    private static void check(RandomGeometry random, Algorithm algorithm, Workers workers) {
        Conv2dGeometry geometry = random.geometry();
        Operands operands = Operands.normals(geometry, random.seed());
        Random choices = new Random(random.seed());
        FramedTensor.Kind[] kinds = FramedTensor.Kind.values();
        Activation activation = ACTIVATIONS.get(choices.nextInt(ACTIVATIONS.size()));
        boolean withBias = choices.nextBoolean();
        boolean withResidual = choices.nextBoolean();
        FramedTensor.Kind in = kinds[choices.nextInt(kinds.length)];
        FramedTensor.Kind out = kinds[choices.nextInt(kinds.length)];
        String what =
                "%s, %s, %s, x %s, y %s%s%s"
                        .formatted(
                                random,
                                algorithm,
                                activation,
                                in,
                                out,
                                withBias ? ", bias" : "",
                                withResidual ? ", residual" : "");
        try (Arena arena = Arena.ofShared()) {
            Tensor x =
                    FramedTensor.holding(arena, in, choices, operands.x(), geometry.inputShape())
                            .view();
            FramedTensor y = FramedTensor.of(arena, out, choices, geometry.outputShape());
            FramedTensor again = FramedTensor.of(arena, out, choices, geometry.outputShape());
            Tensor w = operands.w(arena, MemoryFormat.values()[choices.nextInt(2)]);
            Tensor bias = withBias ? operands.b(arena) : null;
            Tensor residual =
                    withResidual
                            ? FramedTensor.holding(
                                            arena,
                                            kinds[choices.nextInt(kinds.length)],
                                            choices,
                                            operands.gy(),
                                            geometry.outputShape())
                                    .view()
                            : null;
            PreparedConv2d prepared =
                    random.convolution(algorithm, Blas.plain())
                            .prepare(geometry.inputShape(), w, bias, activation, arena);

            prepared.run(x, residual, y.view());
            prepared.run(workers, x, residual, again.view());

            assertThat(again.view().toArray()).as(what).isEqualTo(y.view().toArray());
            Operands plain = withBias ? operands : operands.withoutBias();
            double[] sums = ErrorBound.doubles(plain.direct(arena).y());
            ErrorBound.Output bound =
                    ErrorBound.output(
                            prepared.algorithm(),
                            geometry,
                            ErrorBound.doubles(plain.x()),
                            ErrorBound.doubles(plain.w()),
                            ErrorBound.doubles(plain.b()),
                            ErrorBound.doubles(plain.magnitudes().direct(arena).y()));
            double[] magnitudes = bound.magnitudes();
            for (int at = 0; at < sums.length; at++) {
                if (withResidual) {
                    sums[at] += operands.gy()[at];
                    magnitudes[at] += Math.abs(operands.gy()[at]);
                }
                sums[at] = activation.apply((float) sums[at]);
                magnitudes[at] *= STEEPEST;
            }
            // bias, residual, the oracle's roundings, those of a smooth activation
            long terms = bound.terms() + 1 + 2 + 8;
            ErrorBound.assertWithin(what, y.view(), sums, magnitudes, terms);
            y.assertFrameUntouched(what);
            again.assertFrameUntouched(what);
        }
    }

    private static Conv2dGeometry geometry(long batch) {
        return Conv2dGeometry.builder()
                .input(batch, 5, 9, 7)
                .kernel(20, 3, 3)
                .padding(Padding.of(1, 1))
                .build();
    }

    private static PreparedConv2d prepared(Arena arena) {
        Operands operands = Operands.normals(geometry(1), 1);
        return RandomGeometry.convolution(geometry(1), Algorithm.AUTO, Blas.openBlas())
                .prepare(
                        geometry(1).inputShape(),
                        operands.w(arena, MemoryFormat.CHANNELS_FIRST),
                        null,
                        Activation.NONE,
                        arena);
    }

    @Test
    void anyBatchCanBeRun() {
        try (Arena arena = Arena.ofConfined()) {
            PreparedConv2d prepared = prepared(arena);
            Operands operands = Operands.normals(geometry(6), 2);
            Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
            Tensor y = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, prepared.outputShape(6));
            prepared.run(x, y);
            for (int image = 0; image < 6; image++) {
                Tensor one =
                        Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, prepared.outputShape(1));
                prepared.run(x.slice(0, image, image + 1), one);
                assertThat(one.equalsWithin(y.slice(0, image, image + 1), 1e-4, 0)).isTrue();
            }
            prepared.run(x.slice(0, 0, 0), y.slice(0, 0, 0)); // none at all
        }
    }

    @Test
    void whatItIsCanBeAsked() {
        try (Arena arena = Arena.ofConfined()) {
            PreparedConv2d prepared = prepared(arena);
            assertThat(prepared.algorithm()).isNotEqualTo(Algorithm.AUTO);
            assertThat(prepared.flops()).isEqualTo(2L * 20 * 9 * 7 * 5 * 9);
            assertThat(prepared.scratchBytes()).isBetween(0L, 4L << 20);
            assertThat(prepared.inputShape(3)).containsExactly(3, 5, 9, 7);
            assertThat(prepared.outputShape(3)).containsExactly(3, 20, 9, 7);
            assertThat(prepared).hasToString("5×9×7 → 20×9×7 by " + prepared.algorithm());
        }
    }

    @Test
    void badArgumentsAreNamedAndNothingIsWritten() {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            PreparedConv2d prepared = prepared(arena);
            Tensor x = Tensor.zeros(arena, 2, 5, 9, 7);
            Tensor y = Tensor.zeros(arena, 2, 20, 9, 7);
            y.fill(3);
            assertThatThrownBy(() -> prepared.run(missing(), y))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("x");
            assertThatThrownBy(() -> prepared.run(x, missing()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("y");
            assertThatThrownBy(() -> prepared.run(x.select(0, 0), y))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("x: ");
            assertThatThrownBy(() -> prepared.run(Tensor.zeros(arena, 2, 5, 7, 9), y))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("x: shape [2, 5, 7, 9] (expected: [2, 5, 9, 7])");
            assertThatThrownBy(() -> prepared.run(x.slice(0, 0, 1), y))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("y: shape [2, 20, 9, 7] (expected: [1, 20, 9, 7])");
            assertThatThrownBy(() -> prepared.run(x, Tensor.zeros(arena, 2, 20, 9, 8), y))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("residual: ");
            assertThatThrownBy(() -> prepared.run(x, y, y))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("y: shares memory with residual");
            Tensor both = Tensor.zeros(arena, 2, 25, 9, 7);
            assertThatThrownBy(() ->
                            prepared.run(
                                    both.slice(1, 0, 5).expand(2, 5, 9, 7), both.slice(1, 4, 24)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("y: shares memory with x");
            try (Arena confined = Arena.ofConfined()) {
                Tensor mine = Tensor.zeros(confined, 2, 5, 9, 7);
                assertThatThrownBy(() -> prepared.run(workers, mine, y))
                        .isInstanceOf(WrongThreadException.class)
                        .hasMessageContaining("x: its arena is confined");
                PreparedConv2d own = prepared(confined);
                assertThatThrownBy(() -> own.run(workers, x, y))
                        .isInstanceOf(WrongThreadException.class)
                        .hasMessageContaining("weight: its arena is confined");
            }
            assertThat(y.toArray()).containsOnly(3);
            assertThatThrownBy(() -> Activation.clamp(2, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("low, high: 2.0, 1.0 (expected: low <= high, neither NaN)");
        }
    }

    @SuppressWarnings("NullAway")
    private static <T> T missing() {
        return null;
    }

    @Test
    void aClosedArenaIsAnExceptionAndTheNextRunWorks() {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            Tensor x = Tensor.zeros(arena, 2, 5, 9, 7);
            Tensor y = Tensor.zeros(arena, 2, 20, 9, 7);
            PreparedConv2d gone;
            try (Arena weights = Arena.ofShared()) {
                gone = prepared(weights);
                gone.run(x, y);
            }
            assertThatThrownBy(() -> gone.run(x, y)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> gone.run(workers, x, y))
                    .isInstanceOf(IllegalStateException.class);
            prepared(arena).run(workers, x, y);
        }
    }

    @Test
    void anInterruptedRunEndsAndThePoolGoesOn() {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            PreparedConv2d prepared = prepared(arena);
            Tensor x = Tensor.zeros(arena, 64, 5, 9, 7);
            Tensor y = Tensor.zeros(arena, 64, 20, 9, 7);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> prepared.run(workers, x, y))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            prepared.run(workers, x, y);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyThreadsRunOneConvolutionAtOnce(boolean pooled) throws InterruptedException {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            PreparedConv2d prepared = prepared(arena);
            Operands operands = Operands.normals(geometry(3), 3);
            Tensor last = operands.x(arena, MemoryFormat.CHANNELS_LAST);
            Tensor first = operands.x(arena, MemoryFormat.CHANNELS_FIRST);
            Tensor expected = Tensor.zeros(arena, prepared.outputShape(3));
            prepared.run(last, expected);
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            CountDownLatch done = new CountDownLatch(16);
            for (int i = 0; i < 16; i++) {
                boolean converted = i % 2 == 0;
                (i % 4 < 2 ? Thread.ofVirtual() : Thread.ofPlatform())
                        .start(() -> {
                            try {
                                Tensor y = Tensor.zeros(arena, prepared.outputShape(3));
                                for (int run = 0; run < 50; run++) {
                                    Tensor x = converted ? first : last;
                                    y.fill(Float.NaN);
                                    if (pooled) {
                                        prepared.run(workers, x, y);
                                    } else {
                                        prepared.run(x, y);
                                    }
                                    assertThat(y.toArray()).isEqualTo(expected.toArray());
                                }
                            } catch (Throwable thrown) {
                                failure.set(thrown);
                            } finally {
                                done.countDown();
                            }
                        });
            }
            done.await();
            assertThat(failure.get()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunInSteadyStateAllocatesNothing(MemoryFormat format) {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            PreparedConv2d prepared = prepared(arena);
            Tensor x = Tensor.zeros(arena, format, 2, 5, 9, 7);
            Tensor y = Tensor.zeros(arena, format, 2, 20, 9, 7);
            assertThat(leastBytesOfACall(() -> prepared.run(x, y))).isZero();
            assertThat(leastBytesOfACall(() -> prepared.run(workers, x, y))).isZero();
        }
    }

    /** Of several rounds: before the last compiler has had its say more may be allocated. */
    private static long leastBytesOfACall(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 40 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                call.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 1000);
        }
        return least;
    }
}
