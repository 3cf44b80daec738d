package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.Placed;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Runs an operator's kernel on tensors that lie as in a session, float32 inputs unknown to it. */
final class FixedRequest {
    private FixedRequest() {}

    /** Knows the values of all inputs but those of float32. */
    private record KnownIntegers(Given given) implements Inputs {
        @Override
        public int count() {
            return given.count();
        }

        @Override
        public boolean has(int index) {
            return given.has(index);
        }

        @Override
        public TensorType type(int index) {
            return given.type(index);
        }

        @Override
        public boolean isKnown(int index) {
            return has(index)
                    && (type(index).type() != ElementType.FLOAT32
                            || (index > 0 && given.type(index).elementCount() <= 8));
        }

        @Override
        public NdArray value(int index) {
            if (!isKnown(index)) {
                throw new IllegalArgumentException("input " + index + ": not known");
            }
            return given.value(index);
        }

        @Override
        public int outputs() {
            return given.outputs();
        }
    }

    /** What an operator is told, of which tests of moving operators need types and values alone. */
    static KernelRequest of(Operator operator, List<@Nullable NdArray> arrays, int outputs) {
        Inputs inputs = new KnownIntegers(new Given(arrays, outputs));
        List<TensorType> types = operator.outputTypes(inputs);
        return (KernelRequest)
                Proxy.newProxyInstance(
                        FixedRequest.class.getClassLoader(),
                        new Class<?>[] {KernelRequest.class},
                        (_, method, _) ->
                                switch (method.getName()) {
                                    case "inputs" -> inputs;
                                    case "outputs" -> types;
                                    default ->
                                            throw new UnsupportedOperationException(
                                                    method.getName());
                                });
    }

    /** The outputs of the kernel, each with its frame checked; null if there is no kernel. */
    static @Nullable List<NdArray> run(
            Operator operator, List<@Nullable NdArray> arrays, int outputs, Random random) {
        KernelRequest request = of(operator, arrays, outputs);
        Kernel kernel = operator.kernel(request);
        if (kernel == null) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            List<@Nullable Tensor> inputs = new ArrayList<>();
            for (NdArray array : arrays) {
                boolean floats = array != null && array.type() == ElementType.FLOAT32;
                inputs.add(floats ? place(random).of(arena, array) : null);
            }
            List<Tensor> targets = new ArrayList<>();
            for (int i = 0; i < outputs; i++) {
                targets.add(place(random).tensor(arena, request.outputs().get(i).shape()));
            }
            kernel.bind(inputs, targets).run(null);
            List<NdArray> results = new ArrayList<>();
            for (Tensor target : targets) {
                if (!Placed.frameIsWhole(target)) {
                    throw new AssertionError(operator + ": wrote beside " + target);
                }
                results.add(NdArray.of(target));
            }
            return results;
        }
    }

    private static Placed place(Random random) {
        return random.nextBoolean() ? Placed.CHANNELS_LAST : Placed.SLICE;
    }
}
