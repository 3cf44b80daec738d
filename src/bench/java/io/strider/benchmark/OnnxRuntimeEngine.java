package io.strider.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime on a model of one {@code Conv} node, weights an initializer, so that they are packed
 * when the session is made. Session options: all graph optimizations (ONNX Runtime goes over to its
 * blocked layout and back by itself where it thinks that pays), sequential execution, intra-op
 * threads as asked for, one inter-op thread, spinning as by default (on; with one thread there is
 * no pool). Input and output are direct buffers wrapped once; the output is pinned, so a run
 * allocates no tensor.
 */
final class OnnxRuntimeEngine implements Engine {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public String description() {
        return "ONNX Runtime %s: all optimizations, sequential, default spinning, pinned output"
                .formatted(environment.getVersion());
    }

    @Override
    public List<String> layouts(Workload workload) {
        return workload.pass() == Pass.FORWARD ? List.of("nchw") : List.of();
    }

    @Override
    public Prepared prepare(Workload workload, String layout, Operands operands) {
        try {
            return new Session(environment, workload, operands);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses " + workload, e);
        }
    }

    @Override
    public void close() {
        environment.close();
    }

    private static final class Session implements Prepared {
        private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        private final OrtSession session;
        private final OnnxTensor input;
        private final OnnxTensor output;
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxValue> outputs;

        Session(OrtEnvironment environment, Workload workload, Operands operands)
                throws OrtException {
            Shape shape = workload.shape();
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setIntraOpNumThreads(workload.threads());
            options.setInterOpNumThreads(1);
            byte[] model =
                    OnnxModel.conv(shape, workload.batch(), Operands.bytes(operands.weight()));
            session = environment.createSession(model, options);
            input =
                    OnnxTensor.createTensor(
                            environment,
                            Operands.bytes(operands.input()).asFloatBuffer(),
                            shape.inputShape(workload.batch()));
            output =
                    OnnxTensor.createTensor(
                            environment,
                            Operands.bytes(operands.output()).asFloatBuffer(),
                            shape.outputShape(workload.batch()));
            inputs = Map.of("x", input);
            outputs = Map.of("y", output);
        }

        @Override
        public void run() {
            try {
                session.run(inputs, outputs).close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void read() {
            // The output is the operands' own memory.
        }

        @Override
        public String algorithm() {
            return "default";
        }

        @Override
        public void close() {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            } finally {
                output.close();
                input.close();
                options.close();
            }
        }
    }
}
