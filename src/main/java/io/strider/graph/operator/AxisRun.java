package io.strider.graph.operator;

import java.util.ArrayList;
import java.util.List;

/**
 * Neighbours along an axis of an output whose places in an input are equally far apart.
 *
 * @param at first index of the output
 * @param size how many
 * @param from the input's index for the first
 * @param step from one to the next, any sign, 0 too
 */
record AxisRun(long at, long size, long from, long step) {

    /**
     * As few runs as a walk along the axis finds.
     *
     * @param indices the input's index for every index of the output
     */
    static List<AxisRun> of(int[] indices) {
        List<AxisRun> runs = new ArrayList<>();
        int start = 0;
        while (start < indices.length) {
            int end = start + 1;
            long step = end < indices.length ? (long) indices[end] - indices[start] : 0;
            while (end < indices.length && (long) indices[end] - indices[end - 1] == step) {
                end++;
            }
            runs.add(new AxisRun(start, end - start, indices[start], step));
            start = end;
        }
        return runs;
    }
}
