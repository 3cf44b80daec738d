package io.strider.benchmark.network;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime: all graph optimizations, sequential execution, intra-op threads as asked for, one
 * inter-op thread, spinning as by default. Inputs are direct buffers wrapped once; outputs, from
 * the second run on, too.
 */
final class OnnxRuntimeNetworks implements NetworkEngine {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final int threads;

    OnnxRuntimeNetworks(int threads) {
        this.threads = threads;
    }

    @Override
    public String description() {
        return "ONNX Runtime %s: all optimizations, sequential, default spinning, bound outputs"
                .formatted(environment.getVersion());
    }

    @Override
    public Loaded load(Path model, int batch) throws Exception {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        OrtSession session;
        try {
            session = environment.createSession(model.toString(), options);
        } catch (OrtException failure) {
            options.close();
            throw failure;
        }
        try {
            return new Session(environment, options, session, batch);
        } catch (OrtException | UnfitNetworkException failure) {
            session.close();
            options.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        environment.close();
    }

    private static final class Session implements Loaded {
        private final OrtEnvironment environment;
        private final OrtSession.SessionOptions options;
        private final OrtSession session;
        private final List<NetworkInput> inputs = new ArrayList<>();
        private final Map<String, OnnxTensor> given = new HashMap<>();

        /** Empty until the first run has told what shapes they have. */
        private final Map<String, OnnxTensor> results = new LinkedHashMap<>();

        Session(
                OrtEnvironment environment,
                OrtSession.SessionOptions options,
                OrtSession session,
                int batch)
                throws OrtException, UnfitNetworkException {
            this.environment = environment;
            this.options = options;
            this.session = session;
            for (NodeInfo input : session.getInputInfo().values()) {
                inputs.add(input(input).withBatch(batch));
            }
        }

        private static NetworkInput input(NodeInfo input) throws UnfitNetworkException {
            if (input.getInfo() instanceof TensorInfo info) {
                if (info.type == OnnxJavaType.FLOAT) {
                    return new NetworkInput(
                            input.getName(), NetworkInput.Kind.FLOAT, info.getShape());
                }
                if (info.type == OnnxJavaType.INT64) {
                    return new NetworkInput(
                            input.getName(), NetworkInput.Kind.LONG, info.getShape());
                }
            }
            throw new UnfitNetworkException(
                    "input \"%s\": %s (expected: tensors of float32 or int64)"
                            .formatted(input.getName(), input.getInfo()));
        }

        @Override
        public List<NetworkInput> inputs() {
            return inputs;
        }

        @Override
        public void bind(Map<NetworkInput, ByteBuffer> data) throws OrtException {
            for (Map.Entry<NetworkInput, ByteBuffer> entry : data.entrySet()) {
                given.put(entry.getKey().name(), tensor(entry.getKey(), entry.getValue()));
            }
        }

        private OnnxTensor tensor(NetworkInput input, ByteBuffer data) throws OrtException {
            return switch (input.kind()) {
                case FLOAT ->
                        OnnxTensor.createTensor(environment, data.asFloatBuffer(), input.shape());
                case LONG ->
                        OnnxTensor.createTensor(environment, data.asLongBuffer(), input.shape());
            };
        }

        @Override
        public void run() throws OrtException, UnfitNetworkException {
            if (results.isEmpty()) {
                try (OrtSession.Result first = session.run(given)) {
                    for (Map.Entry<String, OnnxValue> output : first) {
                        results.put(output.getKey(), bound(output.getKey(), output.getValue()));
                    }
                }
            } else {
                session.run(given, results).close();
            }
        }

        /** A tensor in memory of its own that holds the same. */
        private OnnxTensor bound(String name, OnnxValue value)
                throws OrtException, UnfitNetworkException {
            if (value instanceof OnnxTensor tensor) {
                long[] shape = tensor.getInfo().getShape();
                if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
                    FloatBuffer elements = tensor.getFloatBuffer();
                    FloatBuffer own =
                            direct(elements.remaining(), Float.BYTES).asFloatBuffer().put(elements);
                    return OnnxTensor.createTensor(environment, own.flip(), shape);
                }
                if (tensor.getInfo().type == OnnxJavaType.INT64) {
                    LongBuffer elements = tensor.getLongBuffer();
                    LongBuffer own =
                            direct(elements.remaining(), Long.BYTES).asLongBuffer().put(elements);
                    return OnnxTensor.createTensor(environment, own.flip(), shape);
                }
            }
            throw new UnfitNetworkException(
                    "output \"%s\": %s (expected: tensors of float32 or int64)"
                            .formatted(name, value.getInfo()));
        }

        private static ByteBuffer direct(int count, int bytes) {
            return ByteBuffer.allocateDirect(Math.multiplyExact(count, bytes))
                    .order(ByteOrder.nativeOrder());
        }

        @Override
        public float[] outputs() {
            List<float[]> parts = new ArrayList<>();
            for (OnnxTensor tensor : results.values()) {
                float[] part;
                if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
                    FloatBuffer elements = tensor.getFloatBuffer();
                    part = new float[elements.remaining()];
                    elements.get(part);
                } else {
                    LongBuffer elements = tensor.getLongBuffer();
                    part = new float[elements.remaining()];
                    for (int i = 0; i < part.length; i++) {
                        part[i] = elements.get(i);
                    }
                }
                parts.add(part);
            }
            return OutputAgreement.joined(parts);
        }

        @Override
        public void close() {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            } finally {
                results.values().forEach(OnnxTensor::close);
                given.values().forEach(OnnxTensor::close);
                options.close();
            }
        }
    }
}
