package io.strider.graph.operator;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.function.IntUnaryOperator;

/** What becomes of an element to which an update is scattered. */
public enum ScatterReduction {
    /** The update takes its place. */
    NONE,
    /** The sum of both. */
    ADD,
    /** The product of both. */
    MUL,
    /** The smaller of both; NaN if one is. */
    MIN,
    /** The larger of both; NaN if one is. */
    MAX;

    /**
     * A copy of the data with all updates applied, one after the other.
     *
     * @param to position in the data for every position in the updates
     */
    NdArray apply(NdArray data, NdArray updates, IntUnaryOperator to) {
        ElementType type = data.type();
        if (type.isFloating()) {
            double[] values = data.toDoubles();
            for (int i = 0; i < updates.count(); i++) {
                int at = to.applyAsInt(i);
                values[at] = of(values[at], updates.getDouble(i));
            }
            return NdArray.ofDoubles(type, values, data.shape());
        }
        long[] values = data.toLongs();
        // Unsigned numbers of 64 bits compare as signed ones once their first bit is turned.
        long turn = type == ElementType.UINT64 ? Long.MIN_VALUE : 0;
        for (int i = 0; i < updates.count(); i++) {
            int at = to.applyAsInt(i);
            values[at] = of(values[at], updates.getLong(i), turn);
        }
        return NdArray.ofLongs(type, values, data.shape());
    }

    private double of(double old, double update) {
        return switch (this) {
            case NONE -> update;
            case ADD -> old + update;
            case MUL -> old * update;
            case MIN -> Math.min(old, update);
            case MAX -> Math.max(old, update);
        };
    }

    private long of(long old, long update, long turn) {
        return switch (this) {
            case NONE -> update;
            case ADD -> old + update;
            case MUL -> old * update;
            case MIN -> Math.min(old ^ turn, update ^ turn) ^ turn;
            case MAX -> Math.max(old ^ turn, update ^ turn) ^ turn;
        };
    }
}
