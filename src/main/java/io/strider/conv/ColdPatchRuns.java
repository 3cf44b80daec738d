package io.strider.conv;

import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** {@link ScalarPatchRuns} until the loops of {@link VectorPatchRuns} are compiled, then those. */
final class ColdPatchRuns implements PatchRuns {
    private static final WarmUp WARM_UP = new WarmUp(ColdPatchRuns::loops);

    /** Runs that are copied at a time in the warm-up. */
    private static final int COUNT = 64;

    /** Nanoseconds of a float: a tenth of it compiled, 5 before. */
    private static final double QUICK = 0.6;

    private final PatchRuns vectors = new VectorPatchRuns();
    private final PatchRuns plain = new ScalarPatchRuns();

    @Override
    public void copy(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            long length) {
        PatchRuns now = WARM_UP.isCold() ? plain : vectors;
        now.copy(source, from, fromStep, target, to, toStep, runs, length);
    }

    /** A length for each of the loops. */
    static List<WarmUp.Loop> loops(Arena arena) {
        PatchRuns vectors = new VectorPatchRuns();
        List<WarmUp.Loop> loops = new ArrayList<>();
        int lanes = VectorGemmLoops.LANES;
        for (int length : new int[] {24 * lanes, 2 * lanes, lanes / 2}) {
            long floats = (long) COUNT * length;
            MemorySegment x = arena.allocate(floats * Float.BYTES, 64);
            MemorySegment y = arena.allocate(floats * Float.BYTES, 64);
            double nanos = 100 + QUICK * Math.max(floats, (long) COUNT * lanes);
            loops.add(
                    new WarmUp.Loop(
                            nanos, () -> vectors.copy(x, 0, length, y, 0, length, COUNT, length)));
        }
        return loops;
    }
}
