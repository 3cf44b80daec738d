package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.BinaryFunction;
import io.strider.ops.Elementwise;
import io.strider.ops.PlainElementwise;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The minimum, maximum, sum or mean of any number of inputs, element by element after broadcasting.
 *
 * <p>Inputs of one type, at least one; floating-point for sum and mean. Output of that type.
 *
 * @param kind which
 */
public record Variadic(Kind kind) implements Operator {

    /** What is computed of the elements that meet. */
    public enum Kind {
        /** The smallest; NaN if any is. */
        MINIMUM("Min", BinaryFunction.MINIMUM),
        /** The largest; NaN if any is. */
        MAXIMUM("Max", BinaryFunction.MAXIMUM),
        /** The sum. */
        SUM("Sum", BinaryFunction.ADD),
        /** The sum divided by the number of inputs. */
        MEAN("Mean", BinaryFunction.ADD);

        private final String label;
        private final BinaryFunction function;

        Kind(String label, BinaryFunction function) {
            this.label = label;
            this.function = function;
        }

        /** What folds two of them. */
        BinaryFunction function() {
            return function;
        }

        private boolean accepts(ElementType type) {
            return type.isFloating() || (type.isInteger() && this != SUM && this != MEAN);
        }
    }

    @Override
    public String name() {
        return kind.label;
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, Integer.MAX_VALUE);
        String expected = "elements that " + name() + " takes";
        TensorType first = OperandTypes.require(inputs, 0, "input 0", kind::accepts, expected);
        for (int i = 1; i < inputs.count(); i++) {
            OperandTypes.like(inputs, i, "input " + i, first.type());
        }
        return List.of(new TensorType(first.type(), OperandTypes.together(inputs)));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        List<NdArray> arrays = new ArrayList<>();
        inputs.forEach(input -> arrays.add(Objects.requireNonNull(input)));
        return List.of(PlainElementwise.fold(kind.function, arrays, kind == Kind.MEAN));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        boolean first = request.inputs().type(0).equals(request.outputs().getFirst());
        return new SimpleKernel(
                "",
                first ? 0 : -1,
                (inputs, outputs) -> {
                    List<Tensor> tensors = new ArrayList<>();
                    inputs.forEach(input -> tensors.add(Objects.requireNonNull(input)));
                    return Elementwise.best()
                            .fold(kind.function, tensors, kind == Kind.MEAN, outputs.getFirst());
                });
    }
}
