package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainProducts;
import io.strider.ops.ProductShape;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = a · b, stacks of matrices with NumPy's rules: leading sizes are broadcast, a vector is a row
 * on the left and a column on the right.
 *
 * <p>Inputs: a …×M×K, b …×K×N, of one type, floating-point or whole numbers. Output: y …×M×N.
 */
public record MatMul() implements Operator {
    @Override
    public String name() {
        return "MatMul";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType a = OperandChecks.numbers(inputs, 0, "A");
        TensorType b = OperandChecks.required(inputs, 1, "B");
        OperandChecks.sameType(b, "B", a.type());
        ProductShape shape = ProductShape.of(a.shape(), b.shape());
        return List.of(OperandChecks.output(a.type(), shape.result()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return List.of(
                PlainProducts.multiply(
                        Objects.requireNonNull(inputs.get(0)),
                        Objects.requireNonNull(inputs.get(1))));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return ProductKernels.matMul(request);
    }
}
