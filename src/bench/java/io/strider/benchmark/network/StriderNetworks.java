package io.strider.benchmark.network;

import io.strider.blas.Workers;
import io.strider.graph.GraphInput;
import io.strider.graph.Session;
import io.strider.graph.TensorType;
import io.strider.graph.Value;
import io.strider.onnx.OnnxNetwork;
import io.strider.openblas.OpenBlasLibrary;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strider: a session with as many workers as there are threads, or the calling thread alone. Inputs
 * are row-major, as ONNX Runtime's; outputs go into tensors that are allocated once. Loading
 * includes the plan for the batch, and with it the packing of the weights.
 */
final class StriderNetworks implements NetworkEngine {
    private final OpenBlasLibrary library = OpenBlasLibrary.load();
    private final @Nullable Workers workers;

    StriderNetworks(int threads) {
        workers = threads == 1 ? null : Workers.of(threads);
    }

    @Override
    public String description() {
        return "Strider on OpenBLAS %s, %s kernels"
                .formatted(library.version(), library.coreName());
    }

    @Override
    public Loaded load(Path model, int batch) throws IOException, UnfitNetworkException {
        OnnxNetwork network = OnnxNetwork.load(model);
        Session session;
        try {
            session = Session.builder(network.graph()).workers(workers).owns(network).build();
        } catch (RuntimeException failure) {
            network.close();
            throw failure;
        }
        try {
            return new Prepared(session, batch);
        } catch (RuntimeException | UnfitNetworkException failure) {
            session.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        if (workers != null) {
            workers.close();
        }
    }

    private static final class Prepared implements Loaded {
        private final Session session;
        private final Arena arena = Arena.ofShared();
        private final List<NetworkInput> inputs = new ArrayList<>();
        private final Map<String, Value> given = new HashMap<>();
        private final Map<String, Tensor> results = new LinkedHashMap<>();

        Prepared(Session session, int batch) throws UnfitNetworkException {
            this.session = session;
            Map<String, TensorType> types = new HashMap<>();
            for (GraphInput input : session.inputs()) {
                NetworkInput sized =
                        new NetworkInput(input.name(), kind(input), input.shape()).withBatch(batch);
                inputs.add(sized);
                types.put(input.name(), new TensorType(input.type(), sized.shape()));
            }
            for (Map.Entry<String, TensorType> output : session.outputTypes(types).entrySet()) {
                TensorType type = output.getValue();
                if (type.type() != ElementType.FLOAT32) {
                    throw new UnfitNetworkException(
                            "output \"%s\": %s (expected: float32)"
                                    .formatted(output.getKey(), type));
                }
                results.put(output.getKey(), Tensor.zeros(arena, type.shape()));
            }
        }

        private static NetworkInput.Kind kind(GraphInput input) throws UnfitNetworkException {
            return switch (input.type()) {
                case FLOAT32 -> NetworkInput.Kind.FLOAT;
                case INT64 -> NetworkInput.Kind.LONG;
                default ->
                        throw new UnfitNetworkException(
                                "%s (expected: tensors of float32 or int64)".formatted(input));
            };
        }

        @Override
        public List<NetworkInput> inputs() {
            return inputs;
        }

        @Override
        public void bind(Map<NetworkInput, ByteBuffer> data) {
            data.forEach((input, buffer) -> given.put(input.name(), value(input, buffer)));
        }

        private static Value value(NetworkInput input, ByteBuffer data) {
            return switch (input.kind()) {
                case FLOAT -> new Value.Floats(Tensor.wrap(data, input.shape()));
                case LONG -> {
                    long[] values = new long[Math.toIntExact(input.elements())];
                    data.asLongBuffer().get(values);
                    yield new Value.Numbers(
                            NdArray.ofLongs(ElementType.INT64, values, input.shape()));
                }
            };
        }

        @Override
        public void run() {
            session.run(given, results);
        }

        @Override
        public float[] outputs() {
            return OutputAgreement.joined(results.values().stream().map(Tensor::toArray).toList());
        }

        @Override
        public void close() {
            session.close();
            arena.close();
        }
    }
}
