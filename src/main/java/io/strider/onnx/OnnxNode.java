package io.strider.onnx;

import java.util.List;
import java.util.Map;

/**
 * One operator of a graph.
 *
 * @param name may be empty, and need not be the only one of its kind
 * @param opType the operator, not empty
 * @param domain of the operator's set; empty for ONNX's own, also where the file says {@code
 *     ai.onnx}
 * @param inputs names of values, empty where an optional one is left out
 * @param outputs names of values, empty where an optional one is left out; no two values of a graph
 *     have one name
 * @param attributes by name, in the file's order
 */
record OnnxNode(
        String name,
        String opType,
        String domain,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes) {
    /** What messages call the node, as in {@code node 'conv1' (Conv)}. */
    String describe() {
        String shown = name.isEmpty() && !outputs.isEmpty() ? "→ " + outputs.getFirst() : name;
        String operator = domain.isEmpty() ? opType : domain + "." + opType;
        return "node %s (%s)".formatted(Quoted.of(shown), Quoted.of(operator).replace("'", ""));
    }
}
