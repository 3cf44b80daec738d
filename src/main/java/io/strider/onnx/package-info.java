/**
 * ONNX files become graphs.
 *
 * <p>A file is read (bounded and checked, as it may come from anybody), then each of its nodes is
 * translated into an operator of {@link io.strider.graph} by the rules of the operator set that the
 * file names. What is not supported is named, with its node, before anything runs.
 */
@NullMarked
package io.strider.onnx;

import org.jspecify.annotations.NullMarked;
