package io.strider.graph.operator;

import io.strider.graph.Operator;
import io.strider.graph.PlainRun;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Arrays for tests, and what an operator makes of them by its definition. */
final class SmallArrays {
    private SmallArrays() {}

    /** Whole numbers from −4 to 4, of which sums are exact in any type. */
    static NdArray random(Random random, ElementType type, long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        double[] values = random.doubles(count, -4.5, 4.5).map(Math::rint).toArray();
        return NdArray.ofDoubles(ElementType.FLOAT64, values, shape).cast(type);
    }

    static NdArray floats(long[] shape, double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    static long[] shape(long... sizes) {
        return sizes;
    }

    /** 0, 1, 2, … */
    static NdArray counting(long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        double[] values = new double[count];
        Arrays.setAll(values, i -> i);
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    /** The first output. */
    static NdArray result(Operator operator, @Nullable NdArray... inputs) {
        return PlainRun.results(operator, Arrays.asList(inputs), 1).getFirst();
    }

    /** An element by its index in each dimension. */
    static double at(NdArray array, long... index) {
        long at = 0;
        for (int dim = 0; dim < index.length; dim++) {
            at = at * array.size(dim) + index[dim];
        }
        return array.getDouble((int) at);
    }

    /** An element of N×C×H×W, or {@code otherwise} if it lies outside the picture. */
    static double atOr(NdArray image, double otherwise, long n, long c, long h, long w) {
        return h < 0 || h >= image.size(2) || w < 0 || w >= image.size(3)
                ? otherwise
                : at(image, n, c, h, w);
    }
}
