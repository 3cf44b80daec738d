package io.strider.graph.operator;

import io.strider.ops.WindowAxis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a window slides over any number of spatial dimensions: what convolutions and pooling have in
 * common. Lists may be empty, which stands for the default. Immutable and thread-safe.
 *
 * @param padding whether {@code pads} counts
 * @param kernel taps for each dimension; by default those of the weights
 * @param strides distance of windows for each dimension, by default 1
 * @param dilations distance of taps for each dimension, by default 1
 * @param pads padding in front of each dimension, then behind each; by default 0. Not looked at
 *     unless {@code padding} is {@link AutoPadding#NOTSET}
 * @param ceiling whether the number of windows is rounded up; only where {@code pads} counts
 */
public record SlidingWindow(
        AutoPadding padding,
        List<Long> kernel,
        List<Long> strides,
        List<Long> dilations,
        List<Long> pads,
        boolean ceiling) {

    /** Stride 1, no dilation, no padding, a window of these taps. */
    public static SlidingWindow of(long... kernel) {
        return new SlidingWindow(
                AutoPadding.NOTSET, boxed(kernel), List.of(), List.of(), List.of(), false);
    }

    /** Keeps copies of the lists. */
    public SlidingWindow {
        kernel = List.copyOf(kernel);
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
        pads = List.copyOf(pads);
    }

    /** The same with other strides. */
    public SlidingWindow withStrides(long... other) {
        return new SlidingWindow(padding, kernel, boxed(other), dilations, pads, ceiling);
    }

    /** The same with other dilations. */
    public SlidingWindow withDilations(long... other) {
        return new SlidingWindow(padding, kernel, strides, boxed(other), pads, ceiling);
    }

    /** The same with padding in numbers: in front of each dimension, then behind each. */
    public SlidingWindow withPads(long... other) {
        return new SlidingWindow(
                AutoPadding.NOTSET, kernel, strides, dilations, boxed(other), ceiling);
    }

    /** The same with padding by a rule. */
    public SlidingWindow withPadding(AutoPadding other) {
        return new SlidingWindow(other, kernel, strides, dilations, pads, ceiling);
    }

    /** The same with the number of windows rounded up. */
    public SlidingWindow withCeiling() {
        return new SlidingWindow(padding, kernel, strides, dilations, pads, true);
    }

    private static List<Long> boxed(long... values) {
        return Arrays.stream(values).boxed().toList();
    }

    /**
     * The axes of a window over an input.
     *
     * @param spatial the input's sizes behind batch and channels
     * @param taps the window's sizes; as many
     * @throws IllegalArgumentException if a list is of another length, a number is out of its
     *     range, or the window does not fit
     */
    List<WindowAxis> axes(long[] spatial, long[] taps) {
        int rank = spatial.length;
        List<WindowAxis> axes = new ArrayList<>(rank);
        for (int dim = 0; dim < rank; dim++) {
            long stride = stride(dim, rank);
            long dilation = dilation(dim, rank);
            axes.add(
                    switch (padding) {
                        case NOTSET ->
                                WindowAxis.padded(
                                        spatial[dim],
                                        taps[dim],
                                        stride,
                                        dilation,
                                        padBefore(dim, rank),
                                        padAfter(dim, rank),
                                        ceiling);
                        case VALID ->
                                WindowAxis.padded(
                                        spatial[dim], taps[dim], stride, dilation, 0, 0, false);
                        case SAME_UPPER ->
                                WindowAxis.same(
                                        spatial[dim],
                                        taps[dim],
                                        stride,
                                        dilation,
                                        WindowAxis.Extra.AFTER);
                        case SAME_LOWER ->
                                WindowAxis.same(
                                        spatial[dim],
                                        taps[dim],
                                        stride,
                                        dilation,
                                        WindowAxis.Extra.BEFORE);
                    });
        }
        return axes;
    }

    /**
     * The window's sizes, which must be given.
     *
     * @throws IllegalArgumentException if they are not, or not one for each of {@code rank}
     *     dimensions
     */
    long[] requiredKernel(int rank) {
        if (kernel.size() != rank) {
            throw wrongLength("kernel_shape", kernel, rank);
        }
        return kernel.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Refuses a window of other sizes than the weights have.
     *
     * @param taps the weights' sizes behind the channels
     */
    void requireKernel(long[] taps) {
        if (!kernel.isEmpty() && !Arrays.equals(requiredKernel(taps.length), taps)) {
            throw new IllegalArgumentException(
                    "kernel_shape: %s (expected: that of the weights, %s)"
                            .formatted(kernel, Arrays.toString(taps)));
        }
    }

    long stride(int dim, int rank) {
        return number("strides", strides, dim, rank, 1);
    }

    long dilation(int dim, int rank) {
        return number("dilations", dilations, dim, rank, 1);
    }

    long padBefore(int dim, int rank) {
        return number("pads", pads, dim, 2 * rank, 0);
    }

    long padAfter(int dim, int rank) {
        return number("pads", pads, rank + dim, 2 * rank, 0);
    }

    /** Number {@code index} of a list that is empty or has {@code length}. */
    static long number(String name, List<Long> list, int index, int length, long otherwise) {
        if (list.isEmpty()) {
            return otherwise;
        }
        if (list.size() != length) {
            throw wrongLength(name, list, length);
        }
        return list.get(index);
    }

    private static IllegalArgumentException wrongLength(
            String name, List<Long> list, int expected) {
        return new IllegalArgumentException(
                "%s: %s (expected: %d numbers)".formatted(name, list, expected));
    }
}
