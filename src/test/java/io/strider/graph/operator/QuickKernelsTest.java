package io.strider.graph.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Workers;
import io.strider.graph.Kernel;
import io.strider.graph.Operator;
import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import io.strider.ops.ElementaryFunction;
import io.strider.ops.Layouts;
import io.strider.ops.ReductionFunction;
import io.strider.ops.UnaryFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Quick kernels against the plain computation in double, on random shapes, strides and threads. */
class QuickKernelsTest {
    private static final double UNIT = 0x1p-23;

    /** How far element {@code i} may be from the exact result. */
    private interface Bound {
        double of(int i, double exact);
    }

    private static float[] normals(Random random, long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * 3);
        }
        return values;
    }

    private static NdArray array(float[] values, long... shape) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return NdArray.ofDoubles(ElementType.FLOAT32, doubles, shape);
    }

    private static NdArray random(Random random, long... shape) {
        return array(normals(random, shape), shape);
    }

    private static long[] shape(Random random, int rank) {
        long[] shape = new long[rank];
        for (int dim = 0; dim < rank; dim++) {
            shape[dim] = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(rank < 3 ? 60 : 9);
        }
        return shape;
    }

    /** Runs the kernel in several layouts and checks every element. */
    private static void check(
            long seed, Operator operator, List<@Nullable NdArray> inputs, Bound bound) {
        Random random = new Random(seed);
        List<@Nullable NdArray> doubles = new ArrayList<>();
        for (NdArray input : inputs) {
            boolean converts = input != null && input.type() == ElementType.FLOAT32;
            doubles.add(converts ? input.cast(ElementType.FLOAT64) : input);
        }
        NdArray exact = operator.evaluate(doubles, 1).getFirst();
        for (int kind = 0; kind < 4; kind++) {
            for (boolean inPlace : new boolean[] {false, true}) {
                String what = "seed %s, %s, layout %s".formatted(seed, operator, kind);
                try (Arena arena = Arena.ofShared();
                        Workers workers = Workers.of(2)) {
                    ArrayRequest request = new ArrayRequest(operator, inputs, true, arena);
                    Kernel kernel = operator.kernel(request);
                    assertThat(kernel).as(what).isNotNull();
                    int place = kernel.inPlaceInput();
                    List<@Nullable Tensor> tensors = new ArrayList<>();
                    for (int i = 0; i < inputs.size(); i++) {
                        NdArray input = inputs.get(i);
                        if (input == null || input.type() != ElementType.FLOAT32) {
                            tensors.add(null);
                            continue;
                        }
                        int own = i == 0 || i == place ? kind : random.nextInt(4);
                        Tensor view = Layouts.of(arena, own, random, input.shape()).view();
                        input.copyTo(view);
                        tensors.add(view);
                    }
                    Layouts output = Layouts.of(arena, kind, random, exact.shape());
                    boolean taken = inPlace && place >= 0 && tensors.get(place) != null;
                    Tensor y = taken ? tensors.get(place) : output.view();
                    kernel.bind(tensors, List.of(y)).run(random.nextBoolean() ? workers : null);
                    compare(what, y.toArray(), exact, bound);
                    if (!taken) {
                        assertThat(output.isFrameUntouched()).as(what).isTrue();
                    }
                }
            }
        }
    }

    private static void compare(String what, float[] actual, NdArray exact, Bound bound) {
        assertThat(actual).as(what).hasSize(exact.count());
        for (int i = 0; i < actual.length; i++) {
            double expected = exact.getDouble(i);
            boolean same =
                    Double.compare(actual[i], (float) expected) == 0
                            || actual[i] == (float) expected;
            double error = Math.abs(actual[i] - expected);
            if (!same && !(error <= bound.of(i, expected) + 0x1p-126)) {
                assertThat((double) actual[i])
                        .as("%s, element %s, bound %s", what, i, bound.of(i, expected))
                        .isEqualTo(expected);
            }
        }
    }

    static Stream<UnaryFunction> functions() {
        return Stream.of(
                        Arrays.<UnaryFunction>stream(ElementaryFunction.values()),
                        Arrays.<UnaryFunction>stream(ActivationFunction.Plain.values()),
                        Stream.<UnaryFunction>of(
                                new ActivationFunction.LeakyRelu(0.1f),
                                new ActivationFunction.ExponentialLinear("Elu", 1.5f, 1, 1),
                                new ActivationFunction.ExponentialLinear("Celu", 2, 1, 2),
                                new ActivationFunction.ExponentialLinear("Celu", -2, 1, -2),
                                new ActivationFunction.HardSigmoid(0.2f, 0.5f),
                                new ActivationFunction.Swish(1.5f),
                                new ActivationFunction.ThresholdedRelu(0.7f),
                                new ActivationFunction.Shrink(0.5f, 0.25f),
                                new ActivationFunction.Clamp(-1, 2)))
                .flatMap(stream -> stream);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void functionsOfOneNumber(UnaryFunction function) {
        for (long seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            NdArray x = random(random, shape(random, random.nextInt(6)));
            check(
                    seed,
                    new Unary(function),
                    List.of(x),
                    (i, exact) -> bound(function, x.getDouble(i), exact));
        }
    }

    private static double bound(UnaryFunction function, double x, double exact) {
        boolean product =
                switch (function) {
                    case ActivationFunction.Plain.GELU,
                            ActivationFunction.Plain.GELU_BY_TANH,
                            ActivationFunction.Plain.HARD_SWISH,
                            ActivationFunction.Plain.MISH ->
                            true;
                    case ActivationFunction.Swish _, ActivationFunction.HardSigmoid _ -> true;
                    default -> false;
                };
        return product ? 0x1p-20 * (Math.abs(x) + 1) : 8 * Math.ulp((float) exact);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void specialValues(UnaryFunction function) {
        float[] values = {
            0,
            -0f,
            Float.NaN,
            Float.MIN_VALUE,
            -Float.MIN_NORMAL,
            1e-20f,
            -1e-20f,
            30,
            -30,
            87,
            -87,
            89,
            -89,
            105,
            -105
        };
        NdArray x = array(values, values.length);
        check(
                1,
                new Unary(function),
                List.of(x),
                (i, exact) -> bound(function, x.getDouble(i), exact));
    }

    /** Enough elements for several blocks and tasks. */
    @Test
    void largeTensorsAreSplit() {
        Random random = new Random(7);
        NdArray x = random(random, 2, 19, 31, 37);
        NdArray channels = random(random, 19, 1, 1);
        NdArray vector = random(random, 19);
        check(
                7,
                new Unary(ActivationFunction.Plain.SIGMOID),
                List.of(x),
                (i, exact) -> 8 * Math.ulp((float) exact));
        Bound rounding = (i, exact) -> Math.ulp((float) exact);
        check(7, new Binary(BinaryFunction.MULTIPLY), List.of(x, channels), rounding);
        check(7, new Binary(BinaryFunction.ADD), List.of(x, x), rounding);
        double most = 100;
        check(7, new ChannelAffine(-1, 6), List.of(x, vector, vector), (i, exact) -> UNIT * most);
        check(
                7,
                new Reduction(ReductionFunction.MEAN, true, false),
                List.of(x, NdArray.ofIndices(2, 3)),
                rounding);
        check(7, new Softmax(Softmax.Kind.SHARE, 1, true), List.of(x), softmax(50));
        check(7, new Softmax(Softmax.Kind.LOGARITHM, 1, true), List.of(x), logarithm(50));
        check(7, new LayerNormalization(1, 1e-5, ElementType.FLOAT32), List.of(x, x, x), wide(x));
    }

    @ParameterizedTest
    @EnumSource(
            value = BinaryFunction.class,
            names = {"AND", "OR", "XOR", "FLOOR_REMAINDER"},
            mode = EnumSource.Mode.EXCLUDE)
    void functionsOfTwoNumbers(BinaryFunction function) {
        for (long seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            long[] a = shape(random, random.nextInt(6));
            long[] b =
                    random.nextBoolean()
                            ? a.clone()
                            : Arrays.copyOfRange(a, a.length / 2, a.length);
            for (int dim = 0; dim < b.length; dim++) {
                b[dim] = random.nextInt(3) == 0 ? 1 : b[dim];
            }
            for (int dim = 0; dim < a.length && function != BinaryFunction.PARAMETRIC_RELU; dim++) {
                a[dim] = random.nextInt(6) == 0 ? 1 : a[dim];
            }
            check(
                    seed,
                    new Binary(function),
                    List.of(random(random, a), random(random, b)),
                    (i, exact) -> Math.ulp((float) exact));
        }
        NdArray special = array(new float[] {Float.NaN, 1, 0, -0f, Float.POSITIVE_INFINITY}, 5);
        check(
                1,
                new Binary(function),
                function == BinaryFunction.PARAMETRIC_RELU
                        ? List.of(special, special)
                        : List.of(special.reshape(5, 1), special),
                (i, exact) -> 0);
    }

    @Test
    void squaresAreProducts() {
        NdArray x = random(new Random(3), 2, 5, 3, 4);
        check(
                3,
                new Binary(BinaryFunction.POWER),
                List.of(x, array(new float[] {2}, 1)),
                (i, exact) -> Math.ulp((float) exact));
    }

    @ParameterizedTest
    @EnumSource(Variadic.Kind.class)
    void anyNumberOfInputs(Variadic.Kind kind) {
        for (int inputs = 1; inputs <= 4; inputs++) {
            Random random = new Random(inputs);
            List<@Nullable NdArray> arrays = new ArrayList<>();
            for (int i = 0; i < inputs; i++) {
                arrays.add(i == 1 ? random(random, 1, 5, 1, 3) : random(random, 2, 5, 4, 3));
            }
            // sums of four normals of deviation 3: partial sums stay below 64
            check(inputs, new Variadic(kind), arrays, (i, exact) -> 4 * 64 * UNIT);
        }
    }

    @Test
    void boundsThatAreConstant() {
        for (long seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            NdArray x = random(random, shape(random, random.nextInt(6)));
            NdArray low = random.nextBoolean() ? null : array(new float[] {-1});
            NdArray high = random.nextBoolean() ? null : array(new float[] {1.5f}, 1);
            check(seed, new Clip(), Arrays.asList(x, low, high), (i, exact) -> 0);
        }
    }

    @Test
    void channelsAreScaledAndShifted() {
        for (long seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            long[] shape = shape(random, 2 + random.nextInt(4));
            NdArray x = random(random, shape);
            NdArray scale = random(random, shape[1]);
            NdArray shift = random(random, shape[1]);
            check(
                    seed,
                    seed % 2 == 0
                            ? new ChannelAffine(0, 6)
                            : new ChannelAffine(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY),
                    List.of(x, scale, shift),
                    (i, exact) -> Math.ulp((float) exact));
            NdArray mean = random(random, shape[1]);
            float[] spread = normals(random, shape[1]);
            for (int c = 0; c < spread.length; c++) {
                spread[c] = Math.abs(spread[c]) + 0.5f;
            }
            NdArray variance = array(spread, shape[1]);
            // factors of at most 18·1.4, products of at most 18²·1.4, rounded three times
            check(
                    seed,
                    new BatchNormalization(1e-5, 0.9, false),
                    List.of(x, scale, shift, mean, variance),
                    (i, exact) -> 3 * 0x1p-24 * 2 * 18 * 18 * 1.5);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ReductionFunction.class,
            names = {"PRODUCT", "LOG_OF_SUM", "LOG_OF_SUM_OF_EXPONENTIALS"},
            mode = EnumSource.Mode.EXCLUDE)
    void reductions(ReductionFunction function) {
        for (long seed = 0; seed < 15; seed++) {
            Random random = new Random(seed);
            NdArray x = random(random, shape(random, random.nextInt(6)));
            List<Long> axes = new ArrayList<>();
            for (int dim = 0; dim < x.rank(); dim++) {
                if (random.nextBoolean()) {
                    axes.add((long) (random.nextBoolean() ? dim : dim - x.rank()));
                }
            }
            NdArray indices = NdArray.ofIndices(axes.stream().mapToLong(Long::longValue).toArray());
            // double sums of float: their error is far below the last rounding's
            check(
                    seed,
                    new Reduction(function, random.nextBoolean(), random.nextBoolean()),
                    random.nextInt(4) == 0 ? List.of(x) : List.of(x, indices),
                    (i, exact) -> Math.ulp((float) exact) + 1e-9);
        }
    }

    private static Bound softmax(double spread) {
        return (i, exact) -> (8 + spread) * Math.ulp((float) exact);
    }

    private static Bound logarithm(double spread) {
        return (i, exact) -> 0x1p-21 * (1 + spread);
    }

    @Test
    void softmaxes() {
        for (long seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            long[] shape = shape(random, 1 + random.nextInt(5));
            NdArray x = random(random, shape);
            long axis = random.nextInt(shape.length) - (random.nextBoolean() ? shape.length : 0);
            boolean trailing = random.nextBoolean();
            // normals of deviation 3 are less than 40 apart
            check(seed, new Softmax(Softmax.Kind.SHARE, axis, trailing), List.of(x), softmax(40));
            check(
                    seed,
                    new Softmax(Softmax.Kind.LOGARITHM, axis, trailing),
                    List.of(x),
                    logarithm(40));
        }
    }

    /** (x − mean) / deviation is at most √n, times 18, plus 18; rounded four times. */
    private static Bound wide(NdArray x) {
        double most = Math.sqrt(x.count()) * 18 + 18;
        return (i, exact) -> 4 * 0x1p-24 * most;
    }

    @Test
    void normalisations() {
        for (long seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            long[] shape = shape(random, 2 + random.nextInt(4));
            NdArray x = random(random, shape);
            int axis = random.nextInt(shape.length);
            NdArray scale = random(random, Arrays.copyOfRange(shape, axis, shape.length));
            NdArray shift = random(random, shape[shape.length - 1]);
            check(
                    seed,
                    new LayerNormalization(axis, 1e-5, ElementType.FLOAT32),
                    random.nextBoolean() ? List.of(x, scale) : List.of(x, scale, shift),
                    wide(x));
            check(seed, new RootMeanSquareNormalization(axis, 1e-5), List.of(x, scale), wide(x));
            for (long p = 1; p <= 2; p++) {
                check(
                        seed,
                        new LpNormalization(axis, p),
                        List.of(x),
                        (i, exact) -> 2 * Math.ulp((float) exact));
            }
            check(
                    seed,
                    new LocalResponseNormalization(
                            1 + random.nextInt(5), 1e-2, seed % 2 == 0 ? 0.75 : 0.6, 1.5),
                    List.of(x),
                    (i, exact) -> 2 * Math.ulp((float) exact));
            for (int dim = 0; dim < shape.length; dim++) {
                shape[dim] = Math.max(1, shape[dim]);
            }
            long groups = 1 + random.nextInt(3);
            shape[1] = groups * (1 + random.nextInt(4));
            NdArray y = random(random, shape);
            long parameters = random.nextBoolean() ? groups : shape[1];
            check(
                    seed,
                    new GroupNormalization(groups, 1e-5),
                    List.of(y, random(random, parameters), random(random, parameters)),
                    wide(y));
            check(
                    seed,
                    new GroupNormalization(GroupNormalization.EVERY_CHANNEL, 1e-5),
                    List.of(y, random(random, shape[1]), random(random, shape[1])),
                    wide(y));
        }
    }

    /** What has no quick form for these inputs says so, and is computed plainly. */
    @Test
    void kernelsAreRefusedWhereThereIsNone() {
        try (Arena arena = Arena.ofConfined()) {
            NdArray whole = NdArray.ofIndices(1, 2, 3);
            NdArray x = array(new float[] {1, 2, 3}, 1, 3);
            NdArray one = array(new float[] {1});
            List<NdArray> five = List.of(x, x.reshape(3), x.reshape(3), x.reshape(3), x.reshape(3));
            assertNone(new Unary(ElementaryFunction.ABS), List.of(whole), true, arena);
            assertNone(new Binary(BinaryFunction.ADD), List.of(whole, whole), true, arena);
            assertNone(new Variadic(Variadic.Kind.MAXIMUM), List.of(whole), true, arena);
            assertNone(new Clip(), List.of(x, one), false, arena);
            assertNone(new Clip(), List.of(whole), true, arena);
            assertNone(new Softmax(Softmax.Kind.LARGEST, 1, false), List.of(x), true, arena);
            assertNone(new BatchNormalization(0, 0, false), five, false, arena);
            assertNone(new BatchNormalization(0, 0, true), five, true, arena);
            assertNone(
                    new Reduction(ReductionFunction.PRODUCT, true, false), List.of(x), true, arena);
            assertNone(new Compare(io.strider.ops.Comparison.LESS), List.of(x, x), true, arena);
        }
    }

    private static void assertNone(
            Operator operator, List<NdArray> inputs, boolean known, Arena arena) {
        assertThat(
                        operator.kernel(
                                new ArrayRequest(operator, new ArrayList<>(inputs), known, arena)))
                .as(operator.toString())
                .isNull();
    }
}
