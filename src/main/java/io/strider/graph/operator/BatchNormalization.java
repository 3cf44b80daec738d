package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.Elementwise;
import io.strider.ops.PlainNormalization;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = (x − mean) / √(variance + epsilon) · scale + shift, with one of each a channel.
 *
 * <p>Inputs x (N×C×…, floating-point), scale, shift, mean and variance (C elements each, of
 * floating-point types). Output y of x's type and shape. In training mean and variance are those of
 * x itself, and there are two more outputs: the running ones, moved towards them.
 *
 * @param epsilon added to the variance
 * @param momentum how much of the running mean and variance stays, in training
 * @param training whether mean and variance are computed from x
 */
public record BatchNormalization(double epsilon, double momentum, boolean training)
        implements Operator {
    @Override
    public String name() {
        return "BatchNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 5, 5);
        TensorType x = OperandTypes.channels(inputs, 0);
        String[] arguments = {"scale", "shift", "mean", "variance"};
        for (int i = 0; i < arguments.length; i++) {
            OperandTypes.floatingVector(inputs, i + 1, arguments[i], x.shape()[1]);
        }
        return training ? List.of(x, inputs.type(3), inputs.type(4)) : List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        NdArray shift = Objects.requireNonNull(inputs.get(2));
        NdArray mean = Objects.requireNonNull(inputs.get(3));
        NdArray variance = Objects.requireNonNull(inputs.get(4));
        return training
                ? PlainNormalization.batchInTraining(
                        x, scale, shift, mean, variance, epsilon, momentum)
                : List.of(PlainNormalization.batch(x, scale, shift, mean, variance, epsilon));
    }

    /** Made of the four parameters, once for all plans. */
    private record Affine(Tensor scale, Tensor shift) {}

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (training || !request.isFloat32()) {
            return null;
        }
        for (int i = 1; i <= 4; i++) {
            if (!request.isConstant(i)) {
                return null;
            }
        }
        List<NdArray> parameters =
                List.of(
                        request.inputs().value(1),
                        request.inputs().value(2),
                        request.inputs().value(3),
                        request.inputs().value(4));
        Affine affine = request.shared(parameters, Affine.class, () -> affine(request, parameters));
        return new SimpleKernel(
                "affine",
                0,
                (inputs, outputs) ->
                        Elementwise.best()
                                .channelAffine(
                                        SimpleKernel.present(inputs, 0),
                                        affine.scale,
                                        affine.shift,
                                        Float.NEGATIVE_INFINITY,
                                        Float.POSITIVE_INFINITY,
                                        outputs.getFirst()));
    }

    private Affine affine(KernelRequest request, List<NdArray> parameters) {
        List<NdArray> parts =
                affine(parameters.get(0), parameters.get(1), parameters.get(2), parameters.get(3));
        return new Affine(
                parts.getFirst().toTensor(request.arena()),
                parts.getLast().toTensor(request.arena()));
    }

    /**
     * The same as one product and one sum: scale / √(variance + epsilon), and shift − mean times
     * that, as float32 that were computed in double.
     */
    public List<NdArray> affine(NdArray scale, NdArray shift, NdArray mean, NdArray variance) {
        double[] factors = new double[scale.count()];
        double[] summands = new double[scale.count()];
        for (int c = 0; c < factors.length; c++) {
            factors[c] = scale.getDouble(c) / Math.sqrt(variance.getDouble(c) + epsilon);
            summands[c] = shift.getDouble(c) - mean.getDouble(c) * factors[c];
        }
        return List.of(
                NdArray.ofDoubles(ElementType.FLOAT32, factors, factors.length),
                NdArray.ofDoubles(ElementType.FLOAT32, summands, summands.length));
    }
}
