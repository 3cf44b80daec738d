package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request for a kernel whose inputs are arrays.
 *
 * @param operator whose kernel is asked for
 * @param arrays null where absent
 * @param allKnown whether the arrays count as constants
 * @param arena for what the kernel keeps
 */
record ArrayRequest(
        Operator operator, List<@Nullable NdArray> arrays, boolean allKnown, Arena arena)
        implements KernelRequest {

    @Override
    public Inputs inputs() {
        return new Inputs() {
            @Override
            public int count() {
                return arrays.size();
            }

            @Override
            public boolean has(int index) {
                return index < arrays.size() && arrays.get(index) != null;
            }

            @Override
            public TensorType type(int index) {
                return new TensorType(arrays.get(index).type(), arrays.get(index).shape());
            }

            @Override
            public boolean isKnown(int index) {
                return has(index) && (allKnown || type(index).type() != ElementType.FLOAT32);
            }

            @Override
            public NdArray value(int index) {
                return arrays.get(index);
            }

            @Override
            public int outputs() {
                return 1;
            }
        };
    }

    @Override
    public List<TensorType> outputs() {
        return operator.outputTypes(inputs());
    }

    @Override
    public boolean isFloat32() {
        return arrays.stream().allMatch(a -> a == null || a.type() == ElementType.FLOAT32);
    }

    @Override
    public boolean isConstant(int input) {
        return inputs().isKnown(input);
    }

    @Override
    public Tensor constant(int input) {
        return arrays.get(input).toTensor(arena);
    }

    @Override
    public boolean strictNumerics() {
        return false;
    }

    @Override
    public <T> T shared(Object key, Class<T> type, Supplier<T> make) {
        return make.get();
    }
}
