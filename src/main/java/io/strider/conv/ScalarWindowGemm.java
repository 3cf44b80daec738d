package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** In plain loops, one sum after the other. */
final class ScalarWindowGemm implements WindowGemm {
    private final long depth;
    private final long columns;

    /** B's columns, one behind the other. */
    private final MemorySegment packed;

    ScalarWindowGemm(
            long depth,
            long columns,
            MemorySegment b,
            long at,
            long rowStep,
            long columnStep,
            SegmentAllocator allocator) {
        this.depth = depth;
        this.columns = columns;
        this.packed = allocator.allocate(depth * columns * Float.BYTES, 64);
        for (long n = 0; n < columns; n++) {
            Runs.copy(b, at + n * columnStep, rowStep, packed, n * depth, depth);
        }
    }

    @Override
    public void multiplyWindows(
            long rows,
            MemorySegment a,
            long aAt,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        WindowGemm.requireTaps(taps, depth);
        for (int r = 0; r < rows; r++) {
            long window = aAt * Float.BYTES + starts[first + r];
            for (long n = 0; n < columns; n++) {
                float sum = 0;
                for (int k = 0; k < depth; k++) {
                    float weight = Runs.get(packed, n * depth + k);
                    sum = Math.fma(a.get(JAVA_FLOAT, window + taps[k]), weight, sum);
                }
                Runs.set(c, cAt + r * ldc + n, sum);
            }
        }
        epilogue.apply(0, columns, c, cAt, ldc, rows, residual, residualAt, ldr);
    }
}
