package io.strider.server.inference;

import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;

/** Puts the rows of an output together again that different batches have computed. */
final class JoinedRows {
    private JoinedRows() {}

    /**
     * An array of rows.
     *
     * @param output its name
     * @param rows at least one, all of one shape and type
     */
    static NdArray of(String output, List<Work.Row> rows) {
        NdArray first = array(rows.getFirst(), output);
        long[] shape = first.shape();
        int length = Math.toIntExact(first.count() / shape[0]);
        shape[0] = rows.size();
        int count = Math.multiplyExact(length, rows.size());
        if (first.type().isFloating()) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                Work.Row row = rows.get(i / length);
                values[i] = array(row, output).getDouble(row.index() * length + i % length);
            }
            return NdArray.ofDoubles(first.type(), values, shape);
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            Work.Row row = rows.get(i / length);
            values[i] = array(row, output).getLong(row.index() * length + i % length);
        }
        return NdArray.ofLongs(first.type(), values, shape);
    }

    private static NdArray array(Work.Row row, String output) {
        return Objects.requireNonNull(row.outputs().get(output), output);
    }
}
