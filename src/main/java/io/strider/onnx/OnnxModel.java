package io.strider.onnx;

import java.util.Map;

/**
 * An ONNX model as its file describes it. Immutable, but the tensors in it lie in the arena that
 * the file was read into and are gone when that is closed.
 *
 * @param irVersion version of the format, at least 1
 * @param producer name and version of the program that wrote it, may be empty
 * @param opsets versions of the operator sets by domain; ONNX's own has the empty domain
 * @param graph what is computed
 * @param metadata keys and values of the model's author
 */
record OnnxModel(
        long irVersion,
        String producer,
        Map<String, Long> opsets,
        OnnxGraph graph,
        Map<String, String> metadata) {}
