package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainProducts;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = alpha · op(a) · op(b) + beta · c, where op is the transpose or nothing.
 *
 * <p>Inputs: a M×K or K×M; b K×N or N×K; c of a shape that can be broadcast to M×N, may be absent.
 * All of one type, floating-point or whole numbers. Output: y M×N.
 *
 * @param alpha factor of the product
 * @param beta factor of c
 * @param transA whether a is given as K×M
 * @param transB whether b is given as N×K
 */
public record Gemm(float alpha, float beta, boolean transA, boolean transB) implements Operator {
    @Override
    public String name() {
        return "Gemm";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType a = OperandChecks.numbers(inputs, 0, "A");
        TensorType b = OperandChecks.required(inputs, 1, "B");
        OperandChecks.sameType(b, "B", a.type());
        if (a.rank() != 2 || b.rank() != 2 || depth(a) != b.shape()[transB ? 1 : 0]) {
            throw new IllegalArgumentException(
                    ("A, B: shapes %s and %s, transA %s, transB %s (expected: two dimensions each,"
                                    + " as many columns of op(A) as rows of op(B))")
                            .formatted(
                                    Arrays.toString(a.shape()),
                                    Arrays.toString(b.shape()),
                                    transA,
                                    transB));
        }
        long rows = a.shape()[transA ? 1 : 0];
        long columns = b.shape()[transB ? 0 : 1];
        if (inputs.has(2)) {
            TensorType c = inputs.type(2);
            OperandChecks.sameType(c, "C", a.type());
            requireBroadcast(c, rows, columns);
        }
        return List.of(OperandChecks.output(a.type(), rows, columns));
    }

    private static void requireBroadcast(TensorType c, long rows, long columns) {
        long[] shape = c.shape();
        boolean fits = c.rank() <= 2;
        if (fits && c.rank() >= 1) {
            long width = shape[c.rank() - 1];
            fits = width == columns || width == 1;
        }
        if (fits && c.rank() == 2) {
            fits = shape[0] == rows || shape[0] == 1;
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "C: shape %s (expected: one that can be broadcast to [%d, %d])"
                            .formatted(Arrays.toString(shape), rows, columns));
        }
    }

    /** Length of the sums. */
    long depth(TensorType a) {
        return a.shape()[transA ? 0 : 1];
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return List.of(
                PlainProducts.gemm(
                        Objects.requireNonNull(inputs.get(0)),
                        Objects.requireNonNull(inputs.get(1)),
                        inputs.size() > 2 ? inputs.get(2) : null,
                        transA,
                        transB,
                        alpha,
                        beta));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return ProductKernels.gemm(this, request);
    }
}
