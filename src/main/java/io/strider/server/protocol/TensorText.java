package io.strider.server.protocol;

import static io.strider.server.protocol.JsonInput.refused;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.math.BigInteger;

/**
 * Reads a tensor's elements from JSON: a flat array, or arrays within arrays as the shape says. For
 * one thread.
 */
final class TensorText {
    private final String path;
    private final ElementType type;
    private final long[] shape;
    private final float[] floats;
    private final double[] doubles;
    private final long[] longs;
    private final int count;
    private int next;

    /**
     * A tensor to be read.
     *
     * @param path what messages call its elements
     * @param count the shape's elements, for which there is room
     */
    TensorText(String path, ElementType type, int count, long... shape) {
        this.path = path;
        this.type = type;
        this.shape = shape;
        this.count = count;
        boolean single = type == ElementType.FLOAT32;
        floats = new float[single ? count : 0];
        doubles = new double[type.isFloating() && !single ? count : 0];
        longs = new long[type.isFloating() ? 0 : count];
    }

    /**
     * The tensor.
     *
     * @param data where the outermost array begins
     * @throws RefusedException if the elements are others, more or fewer than type and shape say
     */
    NdArray read(JsonInput data) throws RefusedException {
        data.array(
                path,
                (index, element) -> {
                    if (element.isArray() && shape.length > 1) {
                        row(element, 1);
                    } else {
                        element(element);
                    }
                });
        if (next != count) {
            throw refused("%s: %d elements (expected: %d)".formatted(path, next, count));
        }
        if (type == ElementType.FLOAT32) {
            return NdArray.ofFloats(floats, shape);
        }
        return type.isFloating()
                ? NdArray.ofDoubles(type, doubles, shape)
                : NdArray.ofLongs(type, longs, shape);
    }

    /** Reads an array within arrays, that many dimensions deep. */
    private void row(JsonInput row, int dim) throws RefusedException {
        int before = next;
        long[] length = {0};
        row.array(
                path,
                (index, element) -> {
                    length[0]++;
                    if (dim + 1 < shape.length) {
                        row(element, dim + 1);
                    } else {
                        element(element);
                    }
                });
        if (length[0] != shape[dim]) {
            throw refused(
                    "%s: a row of %d behind %d elements (expected: %d, the shape's dimension %d)"
                            .formatted(path, length[0], before, shape[dim], dim));
        }
    }

    private void element(JsonInput value) throws RefusedException {
        if (next == count) {
            throw refused("%s: more than %d elements (expected: %d)".formatted(path, count, count));
        }
        switch (type) {
            case FLOAT64 -> doubles[next] = finite(value.float64(path));
            case FLOAT32 -> floats[next] = (float) finite(value.float32(path));
            case FLOAT16, BFLOAT16 -> doubles[next] = finite(value.float32(path));
            case BOOL -> longs[next] = value.truth(path) ? 1 : 0;
            case UINT64 -> longs[next] = unsigned(value.whole(path));
            default -> longs[next] = value.whole(path, type.least(), type.greatest());
        }
        next++;
    }

    private double finite(double value) throws RefusedException {
        if (Double.isInfinite(value)) {
            throw refused(
                    "%s: element %d is too large (expected: a %s)"
                            .formatted(path, next, Datatype.of(type)));
        }
        return value;
    }

    private long unsigned(BigInteger value) throws RefusedException {
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw refused(
                    "%s: %s (expected: 0 to 18446744073709551615)"
                            .formatted(path, JsonInput.shown(value.toString())));
        }
        return value.longValue();
    }
}
