/** Tests of the ONNX reader, and {@link io.strider.onnx.OnnxBuilder}, which writes ONNX files. */
package io.strider.onnx;
