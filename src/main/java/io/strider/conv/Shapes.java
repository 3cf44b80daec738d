package io.strider.conv;

import io.strider.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/** The checks at the door of this package: shapes, access and overlap. */
final class Shapes {
    private Shapes() {}

    /** A readable tensor of rank 4; {@code layout} tells what its dimensions mean. */
    static void requireInput(String name, Tensor tensor, String layout) {
        Objects.requireNonNull(tensor, name);
        tensor.requireReadable(name);
        if (tensor.rank() != 4) {
            requireRank(name, tensor.shape(), layout);
        }
    }

    /** A readable tensor of the shape that the geometry asks for. */
    static void requireInput(String name, Tensor tensor, long[] expected, Conv2dGeometry geometry) {
        Objects.requireNonNull(tensor, name);
        tensor.requireReadable(name);
        requireShape(name, tensor, expected, geometry);
    }

    /** A writable tensor of the shape that the geometry asks for. */
    static void requireOutput(
            String name, Tensor tensor, long[] expected, Conv2dGeometry geometry) {
        Objects.requireNonNull(tensor, name);
        requireShape(name, tensor, expected, geometry);
        tensor.requireWritable(name);
    }

    /** A readable tensor that the threads of a pool can use as well. */
    static void requireShared(String name, Tensor tensor) {
        Objects.requireNonNull(tensor, name);
        tensor.requireReadable(name);
        if (!PreparedRun.isShared(tensor.segment())) {
            throw confined(name);
        }
    }

    static WrongThreadException confined(String name) {
        return new WrongThreadException(
                name
                        + ": its arena is confined to a thread (expected: Arena.ofShared() or"
                        + " ofAuto(), as the workers' threads use it)");
    }

    static void requireRank(String name, long[] shape, String layout) {
        Objects.requireNonNull(shape, name);
        if (shape.length != 4) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: rank 4, %s)"
                            .formatted(name, Arrays.toString(shape), layout));
        }
    }

    static void requireShape(String name, long[] shape, long[] expected, Conv2dGeometry geometry) {
        if (!Arrays.equals(shape, expected)) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: %s for %s)"
                            .formatted(
                                    name,
                                    Arrays.toString(shape),
                                    Arrays.toString(expected),
                                    geometry));
        }
    }

    static void requireShape(String name, Tensor tensor, long[] expected, Conv2dGeometry geometry) {
        requireShape(name, tensor.shape(), expected, geometry);
    }

    /** One value for each channel. */
    static void requireChannels(String name, Tensor tensor, long channels) {
        if (tensor.rank() != 1 || tensor.size(0) != channels) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: [%d], one value for each output channel)"
                            .formatted(name, Arrays.toString(tensor.shape()), channels));
        }
    }

    /** What is written must not be read at the same time. */
    static void requireApart(String name, Tensor output, String inputName, Tensor input) {
        if (output.overlaps(input)) {
            throw new IllegalArgumentException(
                    "%s: shares memory with %s (expected: memory of its own, as it is written)"
                            .formatted(name, inputName));
        }
    }

    /**
     * Whether the addresses from the first to the last element of two tensors meet, although the
     * elements may be different ones.
     */
    static boolean rangesMeet(Tensor a, Tensor b) {
        long aFirst = a.segment().address() + a.offset() * Float.BYTES;
        long bFirst = b.segment().address() + b.offset() * Float.BYTES;
        return aFirst <= bFirst + lastByte(b) && bFirst <= aFirst + lastByte(a);
    }

    private static long lastByte(Tensor t) {
        long last = 0;
        for (int dim = 0; dim < t.rank(); dim++) {
            last += Math.max(0, t.size(dim) - 1) * t.stride(dim);
        }
        return last * Float.BYTES;
    }
}
