package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Depthwise} with both loops against the formula in double precision. */
class DepthwiseTest {
    private static final int THREADS = 3;

    private static final List<Activation> ACTIVATIONS =
            List.of(
                    Activation.NONE,
                    Activation.RELU,
                    Activation.RELU6,
                    Activation.SILU,
                    Activation.HARD_SWISH,
                    Activation.clamp(-1, 0.5f));

    static Stream<DepthwiseLoops> loops() {
        return Stream.of(new ScalarDepthwiseLoops(), new VectorDepthwiseLoops());
    }

    /** One layer with operands: views into larger tensors, pixels further apart than channels. */
    private static final class Layer {
        final Conv2dGeometry geometry;
        final float[] x;
        final float[] w;
        final float[] b;
        final float[] r;
        final FramedTensor input;
        final FramedTensor residual;
        final FramedTensor output;
        final boolean biased;
        final boolean added;
        final Activation activation;
        final Depthwise prepared;

        Layer(Arena arena, DepthwiseCase drawn, boolean integers, DepthwiseLoops loops) {
            geometry = drawn.geometry();
            Random random = new Random(drawn.seed());
            x = values(random, integers, geometry.inputShape());
            w = values(random, integers, geometry.weightShape());
            b = values(random, integers, geometry.outChannels());
            r = values(random, integers, geometry.outputShape());
            biased = random.nextBoolean();
            added = random.nextBoolean();
            activation =
                    integers
                            ? ACTIVATIONS.get(random.nextInt(3))
                            : ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size()));
            FramedTensor.Kind kind =
                    random.nextBoolean()
                            ? FramedTensor.Kind.HALF_OF_CHANNELS_LAST
                            : FramedTensor.Kind.INSIDE_OF_CHANNELS_LAST;
            input = FramedTensor.holding(arena, kind, random, x, geometry.inputShape());
            residual = FramedTensor.holding(arena, kind, random, r, geometry.outputShape());
            output = FramedTensor.of(arena, kind, random, geometry.outputShape());
            Tensor weight =
                    FramedTensor.holding(
                                    arena,
                                    FramedTensor.Kind.RANDOM,
                                    random,
                                    w,
                                    geometry.weightShape())
                            .view();
            Tensor bias =
                    FramedTensor.holding(arena, FramedTensor.Kind.STEPPED, random, b, b.length)
                            .view();
            prepared =
                    Depthwise.prepare(
                            geometry, weight, biased ? bias : null, activation, arena, loops);
            weight.fill(Float.NaN); // not kept
            bias.fill(Float.NaN);
        }

        private static float[] values(Random random, boolean integers, long... shape) {
            return integers
                    ? RandomGeometry.integers(random, shape)
                    : RandomGeometry.normals(random, shape);
        }

        void run(List<Long> tasks) {
            for (long task : tasks) {
                run(task);
            }
        }

        void run(long task) {
            prepared.run(
                    task,
                    THREADS,
                    input.view(),
                    added ? residual.view() : null,
                    output.view(),
                    MemorySegment.NULL);
        }

        List<Long> tasks() {
            return new ArrayList<>(
                    LongStream.range(0, prepared.tasks(geometry.batch(), THREADS))
                            .boxed()
                            .toList());
        }

        /** Sums before the activation. */
        double[] sums(boolean magnitudes) {
            double[] sums =
                    new NaiveConvolution(geometry)
                            .forward(
                                    doubles(x, magnitudes),
                                    doubles(w, magnitudes),
                                    biased ? doubles(b, magnitudes) : new double[0]);
            double[] residuals = doubles(r, magnitudes);
            for (int at = 0; added && at < sums.length; at++) {
                sums[at] += residuals[at];
            }
            return sums;
        }

        private static double[] doubles(float[] values, boolean magnitudes) {
            return ErrorBound.doubles(magnitudes ? ErrorBound.magnitudes(values) : values);
        }

        double activated(double sum) {
            return switch (activation) {
                case Activation.Clamp clamp -> Math.min(Math.max(sum, clamp.low()), clamp.high());
                case Activation.Smooth.SILU -> sum / (1 + Math.exp(-sum));
                case Activation.Smooth.HARD_SWISH -> sum * Math.min(Math.max(sum + 3, 0), 6) / 6;
            };
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void sumsStayWithinTheErrorBound(DepthwiseLoops loops) {
        for (long seed = 0; seed < 400; seed++) {
            DepthwiseCase drawn = DepthwiseCase.of(seed);
            try (Arena arena = Arena.ofConfined()) {
                Layer layer = new Layer(arena, drawn, false, loops);
                layer.run(layer.tasks());
                double[] expected = layer.sums(false);
                double[] bounds = layer.sums(true);
                boolean clamp = layer.activation instanceof Activation.Clamp;
                for (int at = 0; at < expected.length; at++) {
                    expected[at] = layer.activated(expected[at]);
                    // The others' slope is at most 1.5, and they round a few times themselves.
                    bounds[at] *= clamp ? 1 : 2;
                }
                String what = drawn + " " + layer.activation;
                long terms = drawn.geometry().productsPerOutput() + 2 + (clamp ? 0 : 4);
                ErrorBound.assertWithin(what, layer.output.view(), expected, bounds, terms);
                layer.output.assertFrameUntouched(what);
                assertThat(layer.input.view().toArray()).as(what).isEqualTo(layer.x);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void sumsOfSmallIntegersAreExactWhateverTheOrderOfTheTasks(DepthwiseLoops loops) {
        for (long seed = 1_000; seed < 1_400; seed++) {
            DepthwiseCase drawn = DepthwiseCase.of(seed);
            try (Arena arena = Arena.ofConfined()) {
                Layer layer = new Layer(arena, drawn, true, loops);
                List<Long> tasks = layer.tasks();
                Collections.shuffle(tasks, new Random(seed));
                layer.run(tasks);
                double[] expected =
                        Arrays.stream(layer.sums(false)).map(layer::activated).toArray();
                ErrorBound.assertExact(drawn.toString(), layer.output.view(), expected);
                layer.output.assertFrameUntouched(drawn.toString());
            }
        }
    }

    /** A layer of several bands: the same bits from one thread and from many. */
    @ParameterizedTest
    @MethodSource("loops")
    void tasksMayRunAtTheSameTime(DepthwiseLoops loops) {
        try (Arena arena = Arena.ofShared()) {
            Layer layer = new Layer(arena, large(3), false, loops);
            assertThat(layer.prepared.tasks(0, THREADS)).isZero();
            assertThat(layer.prepared.tasks(2, THREADS)).isGreaterThan(8);
            layer.run(layer.tasks());
            float[] once = layer.output.view().toArray();
            layer.output.view().fill(Float.NaN);
            layer.tasks().parallelStream().forEach(task -> layer.run((long) task));
            assertThat(layer.output.view().toArray()).isEqualTo(once);
        }
    }

    private static DepthwiseCase large(long seed) {
        return new DepthwiseCase(
                seed,
                Conv2dGeometry.builder()
                        .input(2, 72, 61, 57)
                        .kernel(72, 3, 3)
                        .padding(Padding.of(1, 1))
                        .groups(72)
                        .build());
    }

    /** The residual may be the output itself: no output is computed twice then. */
    @ParameterizedTest
    @MethodSource("loops")
    void theResidualMayBeTheOutput(DepthwiseLoops loops) {
        for (long seed = 2_000; seed < 2_100; seed++) {
            DepthwiseCase drawn = DepthwiseCase.of(seed);
            try (Arena arena = Arena.ofConfined()) {
                Layer layer = new Layer(arena, drawn, true, loops);
                Tensor y = layer.output.view();
                y.copyFrom(layer.residual.view());
                for (long task : layer.tasks()) {
                    layer.prepared.run(task, THREADS, layer.input.view(), y, y, MemorySegment.NULL);
                }
                float[] inPlace = y.toArray();
                for (long task : layer.tasks()) {
                    layer.prepared.run(
                            task,
                            THREADS,
                            layer.input.view(),
                            layer.residual.view(),
                            y,
                            MemorySegment.NULL);
                }
                assertThat(inPlace).as(drawn.toString()).isEqualTo(y.toArray());
            }
        }
    }

    /** NaN and infinities reach exactly the outputs whose windows cover them. */
    @ParameterizedTest
    @MethodSource("loops")
    void specialValuesReachTheirWindowsOnly(DepthwiseLoops loops) {
        for (long seed = 3_000; seed < 3_200; seed++) {
            DepthwiseCase drawn = DepthwiseCase.of(seed);
            try (Arena arena = Arena.ofConfined()) {
                Layer layer = new Layer(arena, drawn, true, loops);
                Random random = new Random(seed);
                for (int k = 0; k < layer.x.length; k += random.nextInt(1, 200)) {
                    layer.x[k] = random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY;
                }
                layer.input
                        .view()
                        .copyFrom(Tensor.of(arena, layer.x, drawn.geometry().inputShape()));
                layer.run(layer.tasks());
                float[] expected = new float[layer.r.length];
                try (Arena scratch = Arena.ofConfined()) {
                    Layer plain = new Layer(scratch, drawn, true, new ScalarDepthwiseLoops());
                    plain.input.view().copyFrom(layer.input.view());
                    plain.run(plain.tasks());
                    System.arraycopy(
                            plain.output.view().toArray(), 0, expected, 0, expected.length);
                }
                assertThat(layer.output.view().toArray())
                        .as(drawn.toString())
                        .usingComparatorWithPrecision(0f)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void aRunAllocatesNothingOnTheHeap(DepthwiseLoops loops) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined()) {
            Layer layer = new Layer(arena, large(4), false, loops);
            long tasks = layer.prepared.tasks(2, THREADS);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 300 && least > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (long task = 0; task < tasks; task++) {
                    layer.run(task);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isZero();
        }
    }

    @Test
    void theNameAndTheScratchAreTold() {
        try (Arena arena = Arena.ofConfined()) {
            Layer layer = new Layer(arena, large(5), false, new ScalarDepthwiseLoops());
            assertThat(layer.prepared.algorithm()).isEqualTo(Algorithm.DEPTHWISE);
            assertThat(layer.prepared.scratchBytes()).isZero();
            Tensor x = layer.input.view();
            assertThat(x.isContiguous(MemoryFormat.CHANNELS_LAST)).isFalse();
        }
    }
}
