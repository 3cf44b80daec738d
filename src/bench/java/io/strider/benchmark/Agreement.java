package io.strider.benchmark;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Holds what the first engine computed against what the others do: two results agree if every
 * element differs by at most {@value #UNITS}·u·Σ|a||b|, u = 2⁻²⁴. That is twice the bound that
 * Winograd's F(4×4,3×3) keeps (8 times 16·u·Σ|a||b|), so two engines may both come near theirs.
 */
final class Agreement implements AutoCloseable {
    static final int UNITS = 256;
    private static final double TOLERANCE = UNITS * 0x1p-24;

    private final Arena arena = Arena.ofConfined();
    private final Tensor magnitude;
    private final Tensor expected;
    private String first = "";

    Agreement(Operands operands) {
        magnitude = operands.magnitude(arena);
        expected = Tensor.zeros(arena, operands.result().shape());
    }

    /**
     * Takes the result of one engine.
     *
     * @return what is wrong with it, if anything
     */
    Optional<String> take(String engine, Tensor result) {
        if (first.isEmpty()) {
            first = engine;
            expected.copyFrom(result);
        }
        MemorySegment actual = result.segment();
        MemorySegment wanted = expected.segment();
        MemorySegment sums = magnitude.segment();
        double worst = 0;
        long at = -1;
        for (long i = 0; i < result.elementCount(); i++) {
            double value = actual.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double reference = wanted.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double share = Math.abs(value - reference);
            share /= TOLERANCE * sums.getAtIndex(ValueLayout.JAVA_FLOAT, i) + Float.MIN_NORMAL;
            if (!(share <= worst)) { // NaN is the worst
                worst = share;
                at = i;
                if (Double.isNaN(share)) {
                    break;
                }
            }
        }
        if (worst <= 1) {
            return Optional.empty();
        }
        return Optional.of(
                "%s gives %s where %s gives %s, at element %d of %d: %s times the allowed %d·u·Σ|a||b|"
                        .formatted(
                                engine,
                                actual.getAtIndex(ValueLayout.JAVA_FLOAT, at),
                                first,
                                wanted.getAtIndex(ValueLayout.JAVA_FLOAT, at),
                                at,
                                result.elementCount(),
                                Double.isNaN(worst) ? "NaN" : "%.1f".formatted(worst),
                                UNITS));
    }

    @Override
    public void close() {
        arena.close();
    }
}
