package io.strider.graph.operator;

import io.strider.graph.Operator;
import io.strider.graph.PlainRun;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Short words for arrays in tests of operators that move, tell shapes and quantise. */
final class Arrays32 {
    private Arrays32() {}

    static NdArray floats(long[] shape, double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    static long[] shape(long... sizes) {
        return sizes;
    }

    static NdArray row(double... values) {
        return floats(shape(values.length), values);
    }

    static NdArray indices(long... values) {
        return NdArray.ofIndices(values);
    }

    /** 0, 1, 2 … */
    static NdArray counting(long... shape) {
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Arrays.setAll(values, i -> i);
        return floats(shape, values);
    }

    static NdArray random(Random random, long... shape) {
        double[] values = counting(shape).toDoubles();
        Arrays.setAll(values, i -> random.nextInt(100_000));
        return floats(shape, values);
    }

    /** The only output of an operator, computed plainly. */
    static NdArray result(Operator operator, @Nullable NdArray... inputs) {
        return PlainRun.results(operator, Arrays.asList(inputs), 1).get(0);
    }

    static List<NdArray> results(Operator operator, int outputs, @Nullable NdArray... inputs) {
        return PlainRun.results(operator, Arrays.asList(inputs), outputs);
    }
}
