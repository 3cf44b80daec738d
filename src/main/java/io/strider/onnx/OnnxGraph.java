package io.strider.onnx;

import java.util.List;
import java.util.Map;

/**
 * The nodes of a model, or of an attribute that holds a graph.
 *
 * <p>That names are unique has been checked; that every input of a node is the output of one before
 * it has not.
 *
 * @param name may be empty
 * @param nodes in the file's order, which should be one in which they can run
 * @param initializers constants by name, in the file's order; one that is also an input is that
 *     input's default
 * @param inputs in order
 * @param outputs in order
 * @param valueInfo hints about values in between, by name
 */
record OnnxGraph(
        String name,
        List<OnnxNode> nodes,
        Map<String, OnnxTensor> initializers,
        List<OnnxValue> inputs,
        List<OnnxValue> outputs,
        Map<String, OnnxValue> valueInfo) {}
