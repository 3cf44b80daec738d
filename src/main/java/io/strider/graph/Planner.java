package io.strider.graph;

import io.strider.blas.Workers;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans for one graph: infers types, leaves out what is constant or not wanted, has kernels
 * made, and lays out memory. One plan at a time.
 */
final class Planner {
    /** Bytes that an element takes on the heap. */
    private static final long HEAP_BYTES = 8;

    private final Graph graph;
    private final int firstIndex;
    private final ConstantTensors constants;
    private final SharedParts parts;
    private final @Nullable Workers workers;
    private final int packingThreads;
    private final boolean strict;
    private final long memoryLimit;

    /**
     * For a graph.
     *
     * @param firstIndex of its nodes, for what plans share
     * @param workers who make kernels; null for the caller
     * @param packingThreads without workers, how many threads make the first plan's kernels
     * @param memoryLimit bytes that a run may take
     */
    Planner(
            Graph graph,
            int firstIndex,
            ConstantTensors constants,
            SharedParts parts,
            @Nullable Workers workers,
            int packingThreads,
            boolean strict,
            long memoryLimit) {
        this.graph = graph;
        this.firstIndex = firstIndex;
        this.constants = constants;
        this.parts = parts;
        this.workers = workers;
        int processors = Runtime.getRuntime().availableProcessors();
        this.packingThreads = Math.min(packingThreads, Math.min(processors, Workers.MOST));
        this.strict = strict;
        this.memoryLimit = memoryLimit;
    }

    /**
     * Plans runs for inputs of these types.
     *
     * @param elements of small inputs, from which shapes may be computed
     * @throws MemoryLimitException if a run would take too much memory
     * @throws IllegalArgumentException if a node refuses its inputs
     */
    @SuppressWarnings("MustBeClosed") // by the plan
    Plan plan(Map<String, TensorType> inputs, Map<String, NdArray> elements) {
        Inference inference = Inference.of(graph, inputs, elements);
        List<PlannedNode> nodes = liveNodes(inference);
        for (PlannedNode planned : nodes) {
            requireBounded(planned);
        }
        Arena arena = Arena.ofShared();
        List<SharedParts.Part> used = new ArrayList<>();
        try {
            prepare(nodes, inference, arena, used);
            Map<String, PlannedValue> values = values(nodes, inference);
            List<Place.Buffer> buffers = Placement.of(nodes, values);
            long bytes = MemoryPlan.arrange(buffers);
            long heap = heapBytes(nodes.size(), values);
            if (bytes > memoryLimit || heap > memoryLimit - bytes) {
                throw new MemoryLimitException(
                        "memory: a run takes %s bytes off the heap and %s on it (expected: at most %s)"
                                .formatted(bytes, heap, memoryLimit));
            }
            return new Plan(graph, inputs, inference, nodes, values, bytes, constants, arena, used);
        } catch (Throwable failure) {
            parts.release(used);
            arena.close();
            throw failure;
        }
    }

    /** The nodes that compute what the outputs need and the plan does not know. */
    private List<PlannedNode> liveNodes(Inference inference) {
        Set<String> wanted = new HashSet<>(graph.outputs());
        List<PlannedNode> live = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            boolean needed = false;
            for (String output : node.outputs()) {
                needed |= wanted.contains(output) && !inference.isConstant(output);
            }
            if (needed) {
                wanted.addAll(node.inputs());
                wanted.remove("");
                live.add(new PlannedNode(node, firstIndex + i, outputTypes(node, inference)));
            }
        }
        return List.copyOf(live.reversed());
    }

    private static List<TensorType> outputTypes(Node node, Inference inference) {
        if (!node.outputs().contains("")) {
            return node.outputs().stream().map(inference::type).toList();
        }
        return node.operator()
                .outputTypes(inference.inputs(node))
                .subList(0, node.outputs().size());
    }

    private void requireBounded(PlannedNode planned) {
        for (TensorType type : planned.outputTypes) {
            if (type.elementCount() > memoryLimit / type.type().bytes()) {
                throw new MemoryLimitException(
                        "%s: output %s (expected: at most %s bytes)"
                                .formatted(planned.node, type, memoryLimit));
            }
        }
    }

    /**
     * Has kernels made, by the workers if there are any. Without them threads are started for the
     * first plan alone: it packs the weights, which the others share.
     */
    private void prepare(
            List<PlannedNode> nodes,
            Inference inference,
            Arena arena,
            List<SharedParts.Part> used) {
        Workers.Task task =
                (index, _) -> {
                    PlannedNode planned = nodes.get((int) index);
                    Request request =
                            new Request(inference, planned, constants, parts, strict, arena);
                    try {
                        decide(planned, request);
                    } catch (IllegalArgumentException | ArithmeticException failure) {
                        throw Inference.about(planned.node, failure);
                    } finally {
                        synchronized (used) {
                            used.addAll(request.used());
                        }
                    }
                };
        if (workers != null) {
            workers.run(nodes.size(), 0, task);
        } else if (packingThreads > 1 && parts.count() == 0) {
            try (Workers packers = Workers.of(packingThreads)) {
                packers.run(nodes.size(), 0, task);
            }
        } else {
            for (int i = 0; i < nodes.size(); i++) {
                task.run(i, MemorySegment.NULL);
            }
        }
    }

    private static void decide(PlannedNode planned, Request request) {
        if (!Request.outputsAreFloat32(planned)) {
            return;
        }
        if (planned.outputTypes.stream().allMatch(type -> type.elementCount() == 0)) {
            planned.way = PlannedNode.Way.EMPTY;
            return;
        }
        Operator operator = planned.node.operator();
        Inputs inputs = request.inputs();
        List<View> views = new ArrayList<>();
        if (inputs.has(0) && inputs.type(0).type() == ElementType.FLOAT32) {
            for (int i = 0; i < planned.outputTypes.size(); i++) {
                View view = operator.view(inputs, i);
                if (view == null) {
                    break;
                }
                views.add(view);
            }
        }
        if (views.size() == planned.outputTypes.size() && !views.isEmpty()) {
            planned.way = PlannedNode.Way.VIEW;
            planned.views = List.copyOf(views);
            return;
        }
        views.clear();
        for (int i = 0; i < inputs.count() && request.isFloat32(); i++) {
            View.Part part = inputs.has(i) ? operator.part(inputs, i) : null;
            if (part == null) {
                break;
            }
            views.add(part);
        }
        if (views.size() == inputs.count() && !views.isEmpty()) {
            planned.way = PlannedNode.Way.PARTS;
            planned.views = List.copyOf(views);
            return;
        }
        planned.kernel = operator.kernel(request);
        if (planned.kernel != null) {
            planned.way = PlannedNode.Way.KERNEL;
        }
    }

    /** Every value that a run computes or is given, and who wants it how. */
    private Map<String, PlannedValue> values(List<PlannedNode> nodes, Inference inference) {
        Map<String, PlannedValue> values = new LinkedHashMap<>();
        for (GraphInput input : graph.inputs()) {
            if (!inference.isConstant(input.name())) {
                TensorType type = inference.type(input.name());
                values.put(input.name(), new PlannedValue(input.name(), type, PlannedValue.BEFORE));
            }
        }
        int arrays = 0;
        for (int position = 0; position < nodes.size(); position++) {
            PlannedNode planned = nodes.get(position);
            boolean plain = planned.way == PlannedNode.Way.PLAIN;
            for (String name : planned.node.inputs()) {
                PlannedValue value = values.get(name);
                if (value == null) {
                    continue; // absent or constant
                }
                value.usedAt(position);
                if (plain && value.array < 0) {
                    value.array = arrays++;
                } else if (!plain && value.type.type() == ElementType.FLOAT32) {
                    value.tensor = true;
                }
            }
            for (int i = 0; i < planned.node.outputs().size(); i++) {
                String name = planned.node.outputs().get(i);
                if (!name.isEmpty()) {
                    PlannedValue value =
                            new PlannedValue(name, planned.outputTypes.get(i), position);
                    value.tensor = !plain;
                    value.array = plain ? arrays++ : -1;
                    values.put(name, value);
                }
            }
        }
        for (String name : graph.outputs()) {
            PlannedValue value = values.get(name);
            if (value != null) {
                value.usedAt(nodes.size());
                if (!value.tensor && value.array < 0) { // an input that no node reads
                    value.tensor = value.type.type() == ElementType.FLOAT32;
                    value.array = value.tensor ? -1 : arrays++;
                }
            }
        }
        return values;
    }

    /** The most that arrays take at any time, counted generously. */
    private static long heapBytes(int positions, Map<String, PlannedValue> values) {
        long[] change = new long[positions + 3];
        for (PlannedValue value : values.values()) {
            if (value.array >= 0) {
                long bytes = Math.multiplyExact(value.type.elementCount(), HEAP_BYTES);
                change[value.definedAt + 1] += bytes;
                change[value.lastUse + 2] -= bytes;
            }
        }
        long now = 0;
        long most = 0;
        for (long step : change) {
            now = Math.addExact(now, step);
            most = Math.max(most, now);
        }
        return most;
    }
}
