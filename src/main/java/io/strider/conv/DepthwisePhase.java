package io.strider.conv;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of the input's gradient that is a depthwise convolution of stride 1 on the output's
 * gradient: with strides s, the elements whose taps are the same lie s apart. Tap j of the weights
 * reaches element e from window (e + before − j·dilation) / s, if that divides; so the elements of
 * one remainder see every {@code period}-th tap, last tap first.
 *
 * @param weights the taps, and the window that reads the output's gradient
 * @param firstRow first row of the input that is written
 * @param rowStep from there to the next
 */
record DepthwisePhase(
        DepthwiseWeights weights, int firstRow, int rowStep, int firstColumn, int columnStep) {

    /** One axis of a phase. */
    private record Side(Axis axis, long firstTap, long tapStep, long first) {}

    /**
     * The phases of {@code geometry}. The elements that no phase writes are out of all windows'
     * reach: see {@link #covers}.
     */
    static List<DepthwisePhase> of(Conv2dGeometry geometry) {
        List<DepthwisePhase> phases = new ArrayList<>();
        for (Side row : sides(geometry.height)) {
            for (Side column : sides(geometry.width)) {
                DepthwiseWindow window =
                        new DepthwiseWindow(row.axis, column.axis, geometry.inChannels());
                DepthwiseWeights weights =
                        new DepthwiseWeights(
                                window, row.firstTap, row.tapStep, column.firstTap, column.tapStep);
                phases.add(
                        new DepthwisePhase(
                                weights,
                                (int) row.first,
                                (int) geometry.strideHeight(),
                                (int) column.first,
                                (int) geometry.strideWidth()));
            }
        }
        return List.copyOf(phases);
    }

    /** Whether the phases of this geometry write every element of the input's gradient. */
    static boolean covers(Conv2dGeometry geometry) {
        return covers(geometry.height) && covers(geometry.width);
    }

    private static boolean covers(Axis axis) {
        return sides(axis).size() == Math.min(axis.stride(), axis.input());
    }

    /** Taps after which the same remainder comes again. */
    static long period(Axis axis) {
        return axis.stride() / greatestCommonDivisor(axis.stride(), axis.dilation());
    }

    private static List<Side> sides(Axis axis) {
        List<Side> sides = new ArrayList<>();
        long period = period(axis);
        for (long tap = 0; tap < Math.min(axis.kernel(), period); tap++) {
            long first = Math.floorMod(tap * axis.dilation() - axis.before(), axis.stride());
            if (first >= axis.input()) {
                continue;
            }
            long taps = (axis.kernel() - 1 - tap) / period + 1;
            long dilation = period * axis.dilation() / axis.stride();
            long window = (first + axis.before() - tap * axis.dilation()) / axis.stride();
            Axis reading =
                    new Axis(
                            axis.output(),
                            taps,
                            1,
                            dilation,
                            (taps - 1) * dilation - window,
                            0,
                            Math.ceilDiv(axis.input() - first, axis.stride()));
            sides.add(new Side(reading, tap + (taps - 1) * period, -period, first));
        }
        return sides;
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
