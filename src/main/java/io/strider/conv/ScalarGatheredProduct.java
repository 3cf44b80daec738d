package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The formula in plain loops: what the quicker ones are tested against. */
final class ScalarGatheredProduct implements GatheredProduct {

    @Override
    public long workFloats(long count, long rows) {
        return 0;
    }

    @Override
    public void multiply(
            GatherTable table,
            int count,
            MemorySegment a,
            int rows,
            MemorySegment b,
            long bAt,
            int columns,
            MemorySegment c,
            long cAt,
            long ldc,
            boolean add,
            MemorySegment work,
            long workAt) {
        for (int m = 0; m < rows; m++) {
            long row = table.rows[m];
            for (int n = 0; n < columns; n++) {
                float sum = 0;
                for (int k = 0; k < count; k++) {
                    long first = table.terms[2 * k];
                    long second = table.terms[2 * k + 1];
                    sum +=
                            a.get(JAVA_FLOAT, row + first)
                                    * b.get(JAVA_FLOAT, bAt + second + n * 4L);
                }
                long at = cAt + m * ldc + n * 4L;
                c.set(JAVA_FLOAT, at, add ? c.get(JAVA_FLOAT, at) + sum : sum);
            }
        }
    }
}
