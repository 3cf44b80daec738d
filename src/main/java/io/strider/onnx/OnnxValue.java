package io.strider.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model declares about an input, an output or a value in between.
 *
 * @param name not empty
 * @param elementTypeCode the code of an {@link OnnxElementType}, or 0 if none is declared
 * @param dimensions null if not even the rank is declared
 */
record OnnxValue(String name, int elementTypeCode, @Nullable List<Dimension> dimensions) {}
