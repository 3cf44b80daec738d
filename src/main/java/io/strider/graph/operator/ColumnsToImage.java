package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainConvolution;
import io.strider.ops.WindowAxis;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Patches summed up where they overlap (ONNX's Col2Im), in any number of spatial dimensions.
 *
 * <p>Inputs: patches N×(C·taps)×windows, of any type but bool; the spatial sizes of the picture and
 * those of the window, both int64 and known before the network runs. Output: the picture, N×C×
 * spatial sizes.
 *
 * @param window strides, dilations and pads; its kernel is not looked at
 */
public record ColumnsToImage(SlidingWindow window) implements Operator {
    @Override
    public String name() {
        return "Col2Im";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType columns = OperandChecks.numbers(inputs, 0, "input");
        if (columns.rank() != 3) {
            throw new IllegalArgumentException(
                    "input: shape %s (expected: N×(C·taps)×windows)"
                            .formatted(Arrays.toString(columns.shape())));
        }
        long[] image = sizes(inputs, 1, "image_shape");
        long[] block = sizes(inputs, 2, "block_shape");
        if (image.length != block.length) {
            throw new IllegalArgumentException(
                    "block_shape: %s (expected: as many sizes as image_shape, %d)"
                            .formatted(Arrays.toString(block), image.length));
        }
        long taps = OperandChecks.product("block_shape", block);
        if (columns.shape()[1] % taps != 0) {
            throw new IllegalArgumentException(
                    "input: shape %s (expected: a second size that %d taps divide)"
                            .formatted(Arrays.toString(columns.shape()), taps));
        }
        List<WindowAxis> axes = window.axes(image, block);
        long[] counts = axes.stream().mapToLong(WindowAxis::output).toArray();
        long windows = OperandChecks.product("windows", counts);
        long[] shape = new long[2 + image.length];
        shape[0] = columns.shape()[0];
        shape[1] = columns.shape()[1] / taps;
        for (int dim = 0; dim < image.length; dim++) {
            shape[2 + dim] = image[dim];
        }
        if (windows != columns.shape()[2]) {
            throw new IllegalArgumentException(
                    "input: shape %s (expected: %d windows as its last size)"
                            .formatted(Arrays.toString(columns.shape()), windows));
        }
        return List.of(OperandChecks.output(columns.type(), shape));
    }

    private static long[] sizes(Inputs inputs, int index, String name) {
        TensorType type = OperandChecks.required(inputs, index, name);
        OperandChecks.sameType(type, name, ElementType.INT64);
        if (type.rank() != 1 || type.shape()[0] < 1) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: one dimension, at least one size)"
                            .formatted(name, Arrays.toString(type.shape())));
        }
        long[] sizes = inputs.value(index).toLongs();
        for (long size : sizes) {
            if (size < 1) {
                throw new IllegalArgumentException(
                        "%s: %s (expected: sizes >= 1)".formatted(name, Arrays.toString(sizes)));
            }
        }
        return sizes;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray columns = Objects.requireNonNull(inputs.get(0));
        long[] image = Objects.requireNonNull(inputs.get(1)).toLongs();
        long[] block = Objects.requireNonNull(inputs.get(2)).toLongs();
        return List.of(
                PlainConvolution.fold(
                        columns,
                        columns.size(1) / OperandChecks.product("block_shape", block),
                        window.axes(image, block)));
    }
}
