package io.strider.graph;

import io.strider.tensor.ElementType;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What one node's operator is told while its kernel is made. Used by one thread. */
final class Request implements KernelRequest {
    private final Inference inference;
    private final PlannedNode planned;
    private final Inputs inputs;
    private final ConstantTensors constants;
    private final SharedParts parts;
    private final boolean strict;
    private final List<SharedParts.Part> used = new ArrayList<>();
    private Arena arena;

    /** Of one node of one plan. */
    Request(
            Inference inference,
            PlannedNode planned,
            ConstantTensors constants,
            SharedParts parts,
            boolean strict,
            Arena arena) {
        this.inference = inference;
        this.planned = planned;
        this.inputs = inference.inputs(planned.node);
        this.constants = constants;
        this.parts = parts;
        this.strict = strict;
        this.arena = arena;
    }

    /** What the kernel shares with those of other plans. */
    List<SharedParts.Part> used() {
        return used;
    }

    @Override
    public Inputs inputs() {
        return inputs;
    }

    @Override
    public List<TensorType> outputs() {
        return planned.outputTypes;
    }

    @Override
    public boolean isFloat32() {
        for (int i = 0; i < inputs.count(); i++) {
            if (inputs.has(i) && inputs.type(i).type() != ElementType.FLOAT32) {
                return false;
            }
        }
        return outputsAreFloat32(planned);
    }

    /** Whether all outputs that a node names are float32. */
    static boolean outputsAreFloat32(PlannedNode planned) {
        for (int i = 0; i < planned.node.outputs().size(); i++) {
            if (planned.outputTypes.get(i).type() != ElementType.FLOAT32) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isConstant(int input) {
        return inputs.isKnown(input);
    }

    @Override
    public Tensor constant(int input) {
        if (!isConstant(input) || inputs.type(input).type() != ElementType.FLOAT32) {
            throw new IllegalArgumentException(
                    "input: %s (expected: a constant of float32)".formatted(input));
        }
        String name = planned.node.inputs().get(input);
        return constants.rowMajor(name, inference.constant(name));
    }

    @Override
    public Arena arena() {
        return arena;
    }

    @Override
    public boolean strictNumerics() {
        return strict;
    }

    @Override
    public <T> T shared(Object key, Class<T> type, Supplier<T> make) {
        Arena own = arena;
        try {
            SharedParts.Part part =
                    parts.use(
                            planned.index,
                            List.of(type, key),
                            fresh -> {
                                arena = fresh;
                                return make.get();
                            });
            used.add(part);
            return type.cast(part.made());
        } finally {
            arena = own;
        }
    }
}
