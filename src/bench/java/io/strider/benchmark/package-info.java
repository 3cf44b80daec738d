/**
 * Convolution layers side by side: Strider, ONNX Runtime and oneDNN in one process, on the same
 * operands, taking turns shape by shape ({@code scripts/bench layers}).
 *
 * <p>{@link io.strider.benchmark.Layers} is the command. An {@link io.strider.benchmark.Engine}
 * prepares a {@link io.strider.benchmark.Workload}; {@link io.strider.benchmark.Agreement} compares
 * what all engines computed; {@link io.strider.benchmark.Turns} times them; {@link
 * io.strider.benchmark.Row} is a line of the table and of the CSV file, {@link
 * io.strider.benchmark.Targets} the summary at the end. Built by the Maven profile {@code bench}
 * only.
 */
@NullMarked
package io.strider.benchmark;

import org.jspecify.annotations.NullMarked;
