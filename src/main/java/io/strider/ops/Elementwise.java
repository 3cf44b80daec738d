package io.strider.ops;

import io.strider.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Binds quick float32 operations that work element by element. Tensors may have any strides; an
 * output may be the memory of an input of its own shape and strides, otherwise it overlaps nothing.
 *
 * <p>Thread-safe. Shapes have been checked by the caller.
 */
public final class Elementwise {
    private static final boolean[] ALL = {};

    private final BlockFunctions functions;
    private final RowLoops loops;

    private static final Elementwise BEST = new Elementwise(BlockFunctions.best(), RowLoops.best());

    /** By some loops. */
    Elementwise(BlockFunctions functions, RowLoops loops) {
        this.functions = functions;
        this.loops = loops;
    }

    /** By the quickest loops that this JVM can run. */
    public static Elementwise best() {
        return BEST;
    }

    /**
     * y = f(x). Everything is within 8 units in the last place of the exact result, or within
     * 2⁻¹²⁶, except what multiplies x by a factor between 0 and 1 that loses digits where it is
     * small (GELU, HardSwish, swish, Mish) or adds to a product (HardSigmoid): that is within 2⁻²⁰
     * · (|x| + 1).
     */
    public Operation unary(UnaryFunction function, Tensor x, Tensor y) {
        LoopNest nest = LoopNest.of(y.shape(), ALL, y.strides(), x.strides());
        return new BlockOperation(nest, functions.of(function), y, x);
    }

    /** y = f(a, b), a and b repeated to y's shape. */
    public Operation binary(BinaryFunction function, Tensor a, Tensor b, Tensor y) {
        long[] shape = y.shape();
        LoopNest nest =
                LoopNest.of(
                        shape,
                        ALL,
                        y.strides(),
                        Broadcasting.strides(a, shape),
                        Broadcasting.strides(b, shape));
        if (RowLoops.supports(function) && RowOperation.suits(nest)) {
            return new RowOperation(
                    nest,
                    loops,
                    (all, turn, row, column, rows, columns) ->
                            all.loops()
                                    .combine(
                                            function,
                                            all.segment(1),
                                            all.at(1, turn, row, column),
                                            all.rowStep(1),
                                            all.segment(2),
                                            all.at(2, turn, row, column),
                                            all.rowStep(2),
                                            all.segment(0),
                                            all.at(0, turn, row, column),
                                            all.rowStep(0),
                                            rows,
                                            columns),
                    y,
                    a,
                    b);
        }
        return new BlockOperation(nest, BlockFunctions.of(function), y, a, b);
    }

    /**
     * y = min(max(x · scale + shift, low), high), one scale and shift a channel; one rounding
     * before the bounds.
     *
     * @param x N×C×…
     * @param scale C elements
     * @param shift C elements
     * @param low −∞ for no bound, not NaN
     * @param high +∞ for no bound, not NaN nor below {@code low}
     */
    public Operation channelAffine(
            Tensor x, Tensor scale, Tensor shift, float low, float high, Tensor y) {
        LoopNest nest =
                LoopNest.of(
                        y.shape(),
                        ALL,
                        y.strides(),
                        x.strides(),
                        channels(scale, y.rank()),
                        channels(shift, y.rank()));
        boolean repeats =
                nest.depth() == 1
                        || (nest.strides[2][nest.depth() - 2] == 0
                                && nest.strides[3][nest.depth() - 2] == 0);
        if (RowOperation.suits(nest) && repeats) {
            return new RowOperation(
                    nest,
                    loops,
                    (all, turn, row, column, rows, columns) ->
                            all.loops()
                                    .affine(
                                            all.segment(1),
                                            all.at(1, turn, row, column),
                                            all.rowStep(1),
                                            all.segment(2),
                                            all.at(2, turn, row, column),
                                            all.segment(3),
                                            all.at(3, turn, row, column),
                                            low,
                                            high,
                                            all.segment(0),
                                            all.at(0, turn, row, column),
                                            all.rowStep(0),
                                            rows,
                                            columns),
                    y,
                    x,
                    scale,
                    shift);
        }
        return new BlockOperation(nest, BlockFunctions.affine(low, high), y, x, scale, shift);
    }

    /**
     * y = x₀ ∘ x₁ ∘ …, folded from the left with a function, each repeated to y's shape.
     *
     * @param inputs at least one; y is the memory of none but the first
     * @param mean whether the result is divided by the number of inputs
     */
    public Operation fold(BinaryFunction function, List<Tensor> inputs, boolean mean, Tensor y) {
        List<Operation> steps = new ArrayList<>();
        if (inputs.size() == 1) {
            LoopNest nest = LoopNest.of(y.shape(), ALL, y.strides(), inputs.get(0).strides());
            steps.add(new BlockOperation(nest, (blocks, count) -> {}, y, inputs.get(0)));
        } else {
            steps.add(binary(function, inputs.get(0), inputs.get(1), y));
            for (Tensor input : inputs.subList(2, inputs.size())) {
                steps.add(binary(function, y, input, y));
            }
        }
        if (mean) {
            int divisor = inputs.size();
            LoopNest nest = LoopNest.of(y.shape(), ALL, y.strides(), y.strides());
            BlockFunction divide =
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] /= divisor;
                        }
                    };
            steps.add(new BlockOperation(nest, divide, y, y));
        }
        Operation[] all = steps.toArray(Operation[]::new);
        return workers -> {
            for (Operation step : all) {
                step.run(workers);
            }
        };
    }

    private static long[] channels(Tensor parameter, int rank) {
        long[] strides = new long[rank];
        strides[1] = parameter.stride(0);
        return strides;
    }
}
