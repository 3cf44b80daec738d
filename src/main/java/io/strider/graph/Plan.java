package io.strider.graph;

import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a network runs on inputs of certain types: which nodes, by which kernels, and where every
 * value lies. Frames are made from it. Immutable but for who uses it, which the session guards.
 */
final class Plan {
    private final Graph graph;
    private final Map<String, TensorType> inputs;
    private final Map<String, NdArray> guards;
    private final Inference inference;
    private final List<PlannedNode> nodes;
    private final Map<String, PlannedValue> values;
    private final long bytes;
    private final ConstantTensors constants;
    private final Arena arena;
    private final List<SharedParts.Part> used;

    /** Runs that use the plan now; guarded by the session. */
    int users;

    /** Whether no further run shall use it; guarded by the session. */
    boolean retired;

    Plan(
            Graph graph,
            Map<String, TensorType> inputs,
            Inference inference,
            List<PlannedNode> nodes,
            Map<String, PlannedValue> values,
            long bytes,
            ConstantTensors constants,
            Arena arena,
            List<SharedParts.Part> used) {
        this.graph = graph;
        this.inputs = Map.copyOf(inputs);
        this.guards = inference.guards();
        this.inference = inference;
        this.nodes = nodes;
        this.values = values;
        this.bytes = bytes;
        this.constants = constants;
        this.arena = arena;
        this.used = List.copyOf(used);
    }

    /** Whether a run on these inputs may use this plan. */
    boolean fits(Map<String, TensorType> types, Map<String, Value> given) {
        if (!inputs.equals(types)) {
            return false;
        }
        for (Map.Entry<String, NdArray> guard : guards.entrySet()) {
            Value value = given.get(guard.getKey());
            if (value == null || !guard.getValue().equals(value.array())) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of a frame. */
    long bytes() {
        return bytes;
    }

    List<PlannedNode> nodes() {
        return nodes;
    }

    Map<String, PlannedValue> values() {
        return values;
    }

    Graph graph() {
        return graph;
    }

    boolean isConstant(String name) {
        return inference.isConstant(name);
    }

    Value constant(String name) {
        return inference.constant(name);
    }

    ConstantTensors constants() {
        return constants;
    }

    /** The types of the outputs, in the graph's order. */
    Map<String, TensorType> outputTypes() {
        Map<String, TensorType> types = new LinkedHashMap<>();
        graph.outputs().forEach(name -> types.put(name, inference.type(name)));
        return types;
    }

    TensorType type(String name) {
        return inference.type(name);
    }

    /** Gives back what only this plan holds. No frame may be left. */
    void close(SharedParts parts) {
        parts.release(used);
        arena.close();
    }
}
