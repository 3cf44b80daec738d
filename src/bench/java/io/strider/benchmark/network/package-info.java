/**
 * Whole networks side by side: Strider and ONNX Runtime, each in a process of its own, on the same
 * model files and inputs, in turns ({@code scripts/bench networks}).
 *
 * <p>{@link io.strider.benchmark.network.Networks} is the command. It starts an {@link
 * io.strider.benchmark.network.EngineProcess} for each engine, in which {@link
 * io.strider.benchmark.network.EngineServer} loads the model with a {@link
 * io.strider.benchmark.network.NetworkEngine} and does what lines on its standard input ask for;
 * {@link io.strider.benchmark.network.OutputAgreement} compares what both computed; {@link
 * io.strider.benchmark.network.Comparison} times them; {@link
 * io.strider.benchmark.network.NetworkRow} is a line of the CSV file, {@link
 * io.strider.benchmark.network.NetworkTable} the table and the wanted figures at the end.
 */
@NullMarked
package io.strider.benchmark.network;

import org.jspecify.annotations.NullMarked;
