package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import java.lang.foreign.MemorySegment;

/** By BLAS: a as terms × rows and b as terms × columns are copied together, then multiplied. */
final class BlasGatheredProduct implements GatheredProduct {
    private final Blas blas;

    BlasGatheredProduct(Blas blas) {
        this.blas = blas;
    }

    @Override
    public long workFloats(long count, long rows) {
        return count * (rows + MOST_COLUMNS);
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
        long packedA = workAt / Float.BYTES;
        long packedB = packedA + (long) count * rows;
        for (int k = 0; k < count; k++) {
            long first = table.terms[2 * k];
            long second = table.terms[2 * k + 1];
            long to = (packedA + (long) k * rows) * Float.BYTES;
            for (int m = 0; m < rows; m++) {
                long row = table.rows[m];
                work.set(JAVA_FLOAT, to + m * 4L, a.get(JAVA_FLOAT, row + first));
            }
            Runs.copy(
                    b,
                    (bAt + second) / Float.BYTES,
                    1,
                    work,
                    packedB + (long) k * columns,
                    columns);
        }
        if (count == 0) {
            for (int m = 0; m < rows && !add; m++) {
                Runs.fill(c, (cAt + m * ldc) / Float.BYTES, columns, 0);
            }
            return;
        }
        blas.sgemm(
                Transpose.TRANSPOSE,
                Transpose.NO_TRANSPOSE,
                rows,
                columns,
                count,
                1,
                work,
                packedA,
                rows,
                work,
                packedB,
                columns,
                add ? 1 : 0,
                c,
                cAt / Float.BYTES,
                ldc / Float.BYTES);
    }
}
