package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.BinaryFunction;
import io.strider.ops.Broadcasting;
import io.strider.ops.Elementwise;
import io.strider.ops.PlainElementwise;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = f(a, b) for every pair of elements after broadcasting.
 *
 * <p>Inputs a and b of one type, except that the exponent of a power may be of another. Output y of
 * a's type, in the shape that a and b have together; for PRelu that must be a's.
 *
 * @param function f
 */
public record Binary(BinaryFunction function) implements Operator {
    @Override
    public String name() {
        return function.label();
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 2, 2);
        String expected = "elements that " + name() + " takes";
        TensorType a = OperandTypes.require(inputs, 0, "a", function::accepts, expected);
        TensorType b;
        if (function == BinaryFunction.POWER) {
            b = OperandTypes.require(inputs, 1, "b", type -> type != ElementType.BOOL, "numbers");
        } else {
            b = OperandTypes.like(inputs, 1, "b", a.type());
        }
        if (function == BinaryFunction.PARAMETRIC_RELU
                && !Broadcasting.fits(b.shape(), a.shape())) {
            throw OperandTypes.refused(
                    "slope: %s (expected: a shape that repeats to %s)", b, a.shape());
        }
        return List.of(new TensorType(a.type(), OperandTypes.together(inputs)));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray a = Objects.requireNonNull(inputs.get(0));
        NdArray b = Objects.requireNonNull(inputs.get(1));
        return List.of(PlainElementwise.combine(function, a, b));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        if (function == BinaryFunction.POWER && isTwo(request)) {
            return new SimpleKernel(
                    "square",
                    0,
                    (inputs, outputs) -> {
                        Tensor a = SimpleKernel.present(inputs, 0);
                        return Elementwise.best()
                                .binary(BinaryFunction.MULTIPLY, a, a, outputs.getFirst());
                    });
        }
        return new SimpleKernel(
                "",
                OperandTypes.inPlaceInput(request, 2),
                (inputs, outputs) ->
                        Elementwise.best()
                                .binary(
                                        function,
                                        SimpleKernel.present(inputs, 0),
                                        SimpleKernel.present(inputs, 1),
                                        outputs.getFirst()));
    }

    /** Whether the second input is one constant 2 and the result has the first one's shape. */
    private static boolean isTwo(KernelRequest request) {
        TensorType exponent = request.inputs().type(1);
        return exponent.elementCount() == 1
                && request.isConstant(1)
                && request.inputs().value(1).getDouble(0) == 2
                && request.outputs().getFirst().equals(request.inputs().type(0));
    }
}
