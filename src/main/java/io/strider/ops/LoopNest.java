package io.strider.ops;

import java.util.ArrayList;
import java.util.List;

/**
 * The loops over the elements of operands that share a shape: ordered as the first operand lies in
 * memory, neighbouring ones made one where all operands allow it. Strides of 0 repeat an operand.
 * Immutable.
 *
 * <p>There is always at least one loop; the last is the innermost.
 */
final class LoopNest {
    /** How often each loop runs. */
    final long[] sizes;

    /** For each operand how far a step of each loop goes. */
    final long[][] strides;

    private LoopNest(long[] sizes, long[][] strides) {
        this.sizes = sizes;
        this.strides = strides;
    }

    /**
     * Of a shape.
     *
     * @param chosen which dimensions are looped over, or all if it is empty
     * @param operands strides in every dimension of the shape, one array an operand
     */
    static LoopNest of(long[] shape, boolean[] chosen, long[]... operands) {
        List<Integer> dims = new ArrayList<>();
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] != 1 && (chosen.length == 0 || chosen[dim])) {
                dims.add(dim);
            }
        }
        dims.sort((a, b) -> Long.compare(Math.abs(operands[0][b]), Math.abs(operands[0][a])));
        List<Integer> ends = new ArrayList<>(); // the innermost dimension of each loop
        List<Long> sizes = new ArrayList<>();
        for (int dim : dims) {
            int last = ends.size() - 1;
            if (last >= 0 && continues(shape, ends.get(last), dim, operands)) {
                ends.set(last, dim);
                sizes.set(last, sizes.get(last) * shape[dim]);
            } else {
                ends.add(dim);
                sizes.add(shape[dim]);
            }
        }
        int rank = Math.max(1, ends.size());
        long[] counts = new long[rank];
        long[][] strides = new long[operands.length][rank];
        counts[0] = 1;
        for (int i = 0; i < ends.size(); i++) {
            counts[i] = sizes.get(i);
            for (int operand = 0; operand < operands.length; operand++) {
                strides[operand][i] = operands[operand][ends.get(i)];
            }
        }
        if (ends.isEmpty()) {
            for (long[] own : strides) {
                own[0] = 1; // a single element is contiguous
            }
        }
        return new LoopNest(counts, strides);
    }

    private static boolean continues(long[] shape, int outer, int inner, long[][] operands) {
        for (long[] strides : operands) {
            if (strides[outer] != strides[inner] * shape[inner]) {
                return false;
            }
        }
        return true;
    }

    /** The number of loops. */
    int depth() {
        return sizes.length;
    }

    /** How often the innermost loop runs. */
    long inner() {
        return sizes[sizes.length - 1];
    }

    /** How far a step of the innermost loop goes in an operand. */
    long innerStride(int operand) {
        return strides[operand][sizes.length - 1];
    }

    /** How many elements are visited. */
    long count() {
        return outerCount(sizes.length);
    }

    /** How often the outer {@code loops} loops run together. */
    long outerCount(int loops) {
        long count = 1;
        for (int i = 0; i < loops; i++) {
            count *= sizes[i];
        }
        return count;
    }

    /** How far from its first element an operand is at turn {@code index} of the outer loops. */
    long at(int operand, int loops, long index) {
        long at = 0;
        long rest = index;
        for (int i = loops - 1; i > 0; i--) {
            long outer = rest / sizes[i];
            at += (rest - outer * sizes[i]) * strides[operand][i];
            rest = outer;
        }
        return loops == 0 ? 0 : at + rest * strides[operand][0];
    }
}
