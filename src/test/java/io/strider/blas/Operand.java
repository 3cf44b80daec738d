package io.strider.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * A matrix or vector for tests, in a segment whose every other element is a canary: a NaN with a
 * pattern of bits of its own. Whoever reads it gets NaN, whoever writes it is found out.
 *
 * @param increment for vectors the signed increment; for matrices the leading dimension
 */
record Operand(
        MemorySegment segment, long offset, int rows, int columns, int increment, boolean wide) {
    private static final int CANARY = 0x7fc0beef;

    static Operand matrix(
            Arena arena, Random random, int rows, int columns, DoubleSupplier values) {
        int leading = Math.max(1, columns) + (random.nextBoolean() ? 0 : random.nextInt(1, 9));
        return create(arena, random, rows, columns, leading, values, false);
    }

    static Operand wideMatrix(
            Arena arena, Random random, int rows, int columns, DoubleSupplier values) {
        int leading = Math.max(1, columns) + (random.nextBoolean() ? 0 : random.nextInt(1, 9));
        return create(arena, random, rows, columns, leading, values, true);
    }

    static Operand vector(
            Arena arena, Random random, int n, boolean negativeToo, DoubleSupplier values) {
        int increment = random.nextBoolean() ? 1 : random.nextInt(1, 5);
        if (negativeToo && random.nextInt(3) == 0) {
            increment = -increment;
        }
        return create(arena, random, n, 1, increment, values, false);
    }

    private static Operand create(
            Arena arena,
            Random random,
            int rows,
            int columns,
            int increment,
            DoubleSupplier values,
            boolean wide) {
        int offset = random.nextInt(0, 20);
        long extent = Operands.extent(rows, columns, Math.abs(increment));
        long elements = offset + extent + (random.nextBoolean() ? 0 : 17);
        MemorySegment segment = arena.allocate(Math.max(1, elements) * (wide ? 8 : 4), 64);
        segment = segment.asSlice(0, elements * (wide ? 8 : 4));
        for (long at = 0; at < segment.byteSize() / 4; at++) {
            segment.setAtIndex(JAVA_INT, at, CANARY);
        }
        Operand operand = new Operand(segment, offset, rows, columns, increment, wide);
        operand.fill(values);
        return operand;
    }

    void fill(DoubleSupplier values) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                set(i, j, values.getAsDouble());
            }
        }
    }

    Operand copy(Arena arena) {
        MemorySegment copy = arena.allocate(Math.max(4, segment.byteSize()), 64);
        copy = copy.asSlice(0, segment.byteSize()).copyFrom(segment);
        return new Operand(copy, offset, rows, columns, increment, wide);
    }

    /** Where an element lies; of a vector with a negative increment the first lies highest. */
    long at(int i, int j) {
        return increment < 0
                ? offset + (long) (rows - 1 - i) * -increment
                : offset + (long) i * increment + j;
    }

    double get(int i, int j) {
        return wide
                ? segment.getAtIndex(JAVA_DOUBLE, at(i, j))
                : segment.getAtIndex(JAVA_FLOAT, at(i, j));
    }

    double get(int i) {
        return get(i, 0);
    }

    void set(int i, int j, double value) {
        if (wide) {
            segment.setAtIndex(JAVA_DOUBLE, at(i, j), value);
        } else {
            segment.setAtIndex(JAVA_FLOAT, at(i, j), (float) value);
        }
    }

    void assertCanariesAlive(String description) {
        BitSet inside = new BitSet();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                inside.set((int) at(i, j));
            }
        }
        int words = wide ? 2 : 1;
        for (int at = 0; at < segment.byteSize() / 4; at++) {
            if (!inside.get(at / words) && segment.getAtIndex(JAVA_INT, at) != CANARY) {
                assertThat(at).as(description + ": an element outside was written").isEqualTo(-1);
            }
        }
    }

    void assertSameBits(Operand before, String description) {
        assertThat(segment.mismatch(before.segment)).as(description).isEqualTo(-1);
    }
}
