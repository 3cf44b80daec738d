package io.strider.ops;

import java.util.Arrays;
import java.util.List;

/**
 * The elements under a window in any number of dimensions: found for one window at a time. For one
 * thread.
 */
final class WindowTaps {
    private final List<WindowAxis> axes;
    private final long windows;
    private final int positions;

    /** Row-major number of each tap that lies on the input, among all of the window. */
    private final long[] taps;

    /** Row-major number of the input's element under that tap. */
    private final int[] elements;

    private int count;

    /**
     * For windows over these axes.
     *
     * @throws IllegalArgumentException if the input has more elements than an array can hold
     */
    WindowTaps(List<WindowAxis> axes) {
        this.axes = axes;
        long windows = 1;
        long positions = 1;
        long most = 1;
        for (WindowAxis axis : axes) {
            windows = ElementCounts.times("output", windows, axis.output());
            positions = ElementCounts.times("input", positions, axis.input());
            most *= Math.min(axis.kernel(), axis.input());
        }
        this.windows = windows;
        this.positions = ElementCounts.length("input", positions);
        this.taps = new long[(int) most];
        this.elements = new int[(int) most];
    }

    /** How many windows there are. */
    int windows() {
        return ElementCounts.length("output", windows);
    }

    /** How many elements the input has. */
    int positions() {
        return positions;
    }

    /** Turns to a window, by its row-major number. */
    void locate(int window) {
        int rank = axes.size();
        long[] index = new long[rank];
        long[] tap = new long[rank];
        long rest = window;
        for (int dim = rank - 1; dim >= 0; dim--) {
            WindowAxis axis = axes.get(dim);
            index[dim] = rest % axis.output();
            rest /= axis.output();
            tap[dim] = axis.firstTap(index[dim]);
        }
        count = 0;
        if (isEmpty(index)) {
            return;
        }
        int dim;
        do {
            add(index, tap);
            for (dim = rank - 1; dim >= 0; dim--) {
                WindowAxis axis = axes.get(dim);
                if (++tap[dim] < axis.endTap(index[dim])) {
                    break;
                }
                tap[dim] = axis.firstTap(index[dim]);
            }
        } while (dim >= 0);
    }

    private boolean isEmpty(long[] index) {
        for (int dim = 0; dim < index.length; dim++) {
            WindowAxis axis = axes.get(dim);
            if (axis.firstTap(index[dim]) >= axis.endTap(index[dim])) {
                return true;
            }
        }
        return false;
    }

    private void add(long[] index, long[] tap) {
        long number = 0;
        long element = 0;
        for (int dim = 0; dim < tap.length; dim++) {
            WindowAxis axis = axes.get(dim);
            number = number * axis.kernel() + tap[dim];
            element = element * axis.input() + axis.at(index[dim], tap[dim]);
        }
        taps[count] = number;
        elements[count] = (int) element;
        count++;
    }

    /** How many taps of the window lie on the input. */
    int count() {
        return count;
    }

    /** The row-major number of tap {@code i} of those, among all of the window. */
    int tap(int i) {
        return (int) taps[i];
    }

    /** The row-major number of the input's element under tap {@code i} of those. */
    int element(int i) {
        return elements[i];
    }

    /** The taps of a window, by its row-major number, that lie on the input or its padding. */
    double paddedCount(int window) {
        double product = 1;
        long rest = window;
        for (int dim = axes.size() - 1; dim >= 0; dim--) {
            WindowAxis axis = axes.get(dim);
            product *= axis.paddedTaps(rest % axis.output());
            rest /= axis.output();
        }
        return product;
    }

    /** {@code leading} sizes, then the number of windows on each axis. */
    static long[] outputShape(List<WindowAxis> axes, long... leading) {
        long[] shape = Arrays.copyOf(leading, leading.length + axes.size());
        for (int dim = 0; dim < axes.size(); dim++) {
            shape[leading.length + dim] = axes.get(dim).output();
        }
        return shape;
    }

    /** {@code leading} sizes, then the size of the input on each axis. */
    static long[] inputShape(List<WindowAxis> axes, long... leading) {
        long[] shape = Arrays.copyOf(leading, leading.length + axes.size());
        for (int dim = 0; dim < axes.size(); dim++) {
            shape[leading.length + dim] = axes.get(dim).input();
        }
        return shape;
    }
}
