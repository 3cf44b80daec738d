package io.strider.graph;

import io.strider.blas.Workers;
import io.strider.ops.Operation;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one run of a plan, with all operations bound to it. One run at a time; any thread
 * after another may use it.
 */
final class Frame implements AutoCloseable {
    /** The run of one after which it was last given back. */
    long lastUsed;

    private final Plan plan;
    private final Arena arena;
    private final MemorySegment block;
    private final @Nullable NdArray[] arrays;
    private final List<Operation> operations = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private final Map<String, Tensor> tensors = new HashMap<>();

    /**
     * Allocates memory and binds the plan's kernels to it.
     *
     * @throws OutOfMemoryError if there is not enough
     */
    @SuppressWarnings("MustBeClosed") // by close
    Frame(Plan plan) {
        this.plan = plan;
        int count = 0;
        for (PlannedValue value : plan.values().values()) {
            count = Math.max(count, value.array + 1);
        }
        this.arrays = new NdArray[count];
        this.arena = Arena.ofShared();
        try {
            this.block = arena.allocate(plan.bytes(), 64);
            for (int i = 0; i < plan.nodes().size(); i++) {
                bind(plan.nodes().get(i), i);
            }
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    Plan plan() {
        return plan;
    }

    private Tensor tensor(Place place) {
        Place.Buffer buffer = place.buffer();
        MemorySegment memory =
                buffer.elements == 0
                        ? block.asSlice(0, 0)
                        : block.asSlice(buffer.offset, buffer.elements * Float.BYTES);
        long offset = place.isEmpty() ? 0 : place.offset();
        return Tensor.wrap(memory, buffer.elements)
                .asStrided(place.shape(), place.strides(), offset);
    }

    /** The tensor of a value that is one in this plan, or of a constant. */
    private Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            PlannedValue value = plan.values().get(name);
            tensor =
                    value == null
                            ? plan.constants().laidOut(name, plan.constant(name))
                            : tensor(value.place());
            tensors.put(name, tensor);
        }
        return tensor;
    }

    private void add(int position, Operation operation) {
        operations.add(operation);
        positions.add(position);
    }

    private void bind(PlannedNode planned, int position) {
        switch (planned.way) {
            case KERNEL -> bindKernel(planned, position);
            case VIEW -> bindViews(planned, position);
            case PARTS -> bindParts(planned, position);
            case PLAIN -> add(position, _ -> evaluate(planned));
            case EMPTY -> {}
        }
        for (String name : planned.node.outputs()) {
            PlannedValue value = plan.values().get(name);
            if (value == null || !value.tensor || value.array < 0) {
                continue;
            }
            Tensor tensor = tensor(name);
            if (planned.way == PlannedNode.Way.PLAIN) {
                add(position, _ -> array(value).copyTo(tensor));
            } else {
                add(position, _ -> arrays[value.array] = NdArray.of(tensor));
            }
        }
    }

    private void bindKernel(PlannedNode planned, int position) {
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < planned.node.outputs().size(); i++) {
            String name = planned.node.outputs().get(i);
            outputs.add(name.isEmpty() ? tensor(planned.unnamed[i]) : tensor(name));
        }
        Kernel kernel = Objects.requireNonNull(planned.kernel, "kernel");
        try {
            add(position, kernel.bind(new KernelInputs(planned.node), outputs));
        } catch (IllegalArgumentException | ArithmeticException failure) {
            throw Inference.about(planned.node, failure);
        }
    }

    /** Tensors are made when a kernel asks: constants that are packed are never laid out. */
    private final class KernelInputs extends AbstractList<@Nullable Tensor> {
        private final Node node;

        KernelInputs(Node node) {
            this.node = node;
        }

        @Override
        public @Nullable Tensor get(int index) {
            String name = node.inputs().get(index);
            boolean there = !name.isEmpty() && plan.type(name).type() == ElementType.FLOAT32;
            return there ? tensor(name) : null;
        }

        @Override
        public int size() {
            return node.inputs().size();
        }
    }

    private void bindViews(PlannedNode planned, int position) {
        Tensor x = tensor(planned.node.inputs().get(0));
        for (int i = 0; i < planned.views.size(); i++) {
            String name = planned.node.outputs().get(i);
            if (name.isEmpty()) {
                continue;
            }
            Tensor y = tensor(name);
            if (y.elementCount() == 0) {
                continue;
            }
            switch (planned.views.get(i)) {
                case View.SameOrder _ -> {
                    if (!isView(planned, i)) {
                        add(position, OrderCopy.of(x, y));
                    }
                }
                case View.Part part -> {
                    if (!isView(planned, i)) {
                        add(position, TensorCopy.of(part(x, part, y.shape()), y));
                    }
                }
            }
        }
    }

    /** Whether an output lies where the view of input 0 is. */
    private boolean isView(PlannedNode planned, int output) {
        PlannedValue x = plan.values().get(planned.node.inputs().get(0));
        PlannedValue y = plan.values().get(planned.node.outputs().get(output));
        if (x == null || y == null) {
            return false;
        }
        Place place = x.place().view(planned.views.get(output), y.type.shape());
        return place != null && place.same(y.place());
    }

    private void bindParts(PlannedNode planned, int position) {
        Tensor whole = tensor(planned.node.outputs().get(0));
        PlannedValue y = Objects.requireNonNull(plan.values().get(planned.node.outputs().get(0)));
        for (int i = 0; i < planned.views.size(); i++) {
            String name = planned.node.inputs().get(i);
            Tensor from = tensor(name);
            View.Part part = (View.Part) planned.views.get(i);
            PlannedValue x = plan.values().get(name);
            boolean there = x != null && y.place().part(part, x.type.shape()).same(x.place());
            if (!there && from.elementCount() > 0) {
                add(position, TensorCopy.of(from, part(whole, part, from.shape())));
            }
        }
    }

    private static Tensor part(Tensor whole, View.Part part, long[] shape) {
        Tensor view = whole;
        for (int dim = 0; dim < shape.length; dim++) {
            long from = part.from()[dim];
            long step = part.step()[dim];
            view = view.slice(dim, from, from + (shape[dim] - 1) * step + 1, step);
        }
        return view;
    }

    private NdArray array(PlannedValue value) {
        return Objects.requireNonNull(arrays[value.array], value.name);
    }

    private void evaluate(PlannedNode planned) {
        List<@Nullable NdArray> inputs = new ArrayList<>();
        for (String name : planned.node.inputs()) {
            PlannedValue value = plan.values().get(name);
            if (name.isEmpty()) {
                inputs.add(null);
            } else {
                inputs.add(value == null ? plan.constant(name).array() : array(value));
            }
        }
        List<String> names = planned.node.outputs();
        List<NdArray> results;
        try {
            results = planned.node.operator().evaluate(inputs, names.size());
        } catch (IllegalArgumentException | ArithmeticException failure) {
            throw Inference.about(planned.node, failure);
        }
        for (int i = 0; i < names.size(); i++) {
            PlannedValue value = plan.values().get(names.get(i));
            if (value == null) {
                continue;
            }
            NdArray result = results.get(i);
            TensorType type = new TensorType(result.type(), result.shape());
            if (!type.equals(value.type)) {
                throw new IllegalStateException(
                        "%s: gave %s instead of %s".formatted(planned.node, type, value.type));
            }
            arrays[value.array] = result;
        }
    }

    /** Brings the inputs in, which fit the plan. */
    void load(Map<String, Value> inputs, @Nullable Workers workers) {
        for (GraphInput input : plan.graph().inputs()) {
            PlannedValue value = plan.values().get(input.name());
            Value given = Objects.requireNonNull(inputs.get(input.name()), input.name());
            if (value == null) {
                continue;
            }
            if (value.array >= 0) {
                arrays[value.array] = given.array();
            }
            if (value.tensor) {
                Tensor tensor = tensor(input.name());
                switch (given) {
                    case Value.Numbers numbers -> numbers.array().copyTo(tensor);
                    case Value.Floats floats -> copy(floats.tensor(), tensor, workers);
                }
            }
        }
    }

    private static void copy(Tensor from, Tensor to, @Nullable Workers workers) {
        boolean shared = Session.isShared(from) && Session.isShared(to);
        TensorCopy.of(from, to).run(shared ? workers : null);
    }

    /**
     * Computes.
     *
     * @throws CancellationException if this thread is interrupted, which it stays
     */
    void run(@Nullable Workers workers) {
        for (int i = 0; i < operations.size(); i++) {
            step(i, workers);
        }
    }

    private void step(int index, @Nullable Workers workers) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(
                    "interrupted before " + plan.nodes().get(positions.get(index)).node);
        }
        operations.get(index).run(workers);
    }

    /** Computes, and adds the nanoseconds that each node took. */
    void time(@Nullable Workers workers, long[] nanos) {
        for (int i = 0; i < operations.size(); i++) {
            long start = System.nanoTime();
            step(i, workers);
            nanos[positions.get(i)] += System.nanoTime() - start;
        }
    }

    /** Copies a float32 output into a tensor of its shape. */
    void store(String name, Tensor target, @Nullable Workers workers) {
        PlannedValue value = plan.values().get(name);
        if (value == null || value.tensor) {
            copy(tensorOf(name, value), target, workers);
        } else {
            arrayOf(name).copyTo(target);
        }
    }

    private Tensor tensorOf(String name, @Nullable PlannedValue value) {
        return value == null
                ? plan.constants().rowMajor(name, plan.constant(name))
                : tensor(value.name);
    }

    /** An output as an array. */
    NdArray arrayOf(String name) {
        PlannedValue value = plan.values().get(name);
        if (value == null) {
            return plan.constant(name).array();
        }
        return value.array >= 0 ? array(value) : NdArray.of(tensor(name));
    }

    /** Forgets what a run has left on the heap. */
    void clear() {
        Arrays.fill(arrays, null);
    }

    @Override
    public void close() {
        arena.close();
    }
}
