package io.strider.server.inference;

import io.strider.embedding.Picture;
import io.strider.graph.GraphInput;
import io.strider.graph.Value;
import io.strider.server.batching.Computation;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Computes batches, by the thread that calls. Thread-safe. */
final class BatchRun implements Computation<BatchKey, Work, Work.Product> {
    private final InferenceObserver observer;

    BatchRun(InferenceObserver observer) {
        this.observer = observer;
    }

    @Override
    public List<Work.Product> compute(BatchKey key, List<Work> items) {
        String model = key.model().name();
        long begin = System.nanoTime();
        try {
            return switch (key) {
                case BatchKey.Pictures _ -> embed(key.model(), items);
                case BatchKey.Rows rows -> rows(rows, items);
                case BatchKey.Alone _ -> alone(key.model(), items);
            };
        } catch (Throwable failure) {
            if (Refusals.reason(failure) == null && !key.model().isDone()) {
                observer.failed(model, failure);
            }
            throw failure;
        } finally {
            observer.computed(model, items.size(), System.nanoTime() - begin);
        }
    }

    private static List<Work.Product> embed(ServedModel model, List<Work> items) {
        List<Picture> pictures = new ArrayList<>(items.size());
        for (Work item : items) {
            pictures.add(((Work.OfPicture) item).picture());
        }
        List<Work.Product> products = new ArrayList<>(items.size());
        for (float[] vector : model.embed(pictures)) {
            products.add(new Work.Vector(vector));
        }
        return products;
    }

    private static List<Work.Product> rows(BatchKey.Rows key, List<Work> items) {
        GraphInput input = key.model().session().inputs().getFirst();
        long[] shape = new long[key.shape().size() + 1];
        shape[0] = items.size();
        int length = 1;
        for (int dim = 1; dim < shape.length; dim++) {
            shape[dim] = key.shape().get(dim - 1);
            length = Math.toIntExact(length * shape[dim]);
        }
        Map<String, NdArray> outputs;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory =
                    arena.allocate(ValueLayout.JAVA_FLOAT, (long) items.size() * length);
            long to = 0;
            for (Work item : items) {
                Work.OfRow row = (Work.OfRow) item;
                int from = row.index() * length;
                for (int i = 0; i < length; i++) {
                    float value = (float) row.input().getDouble(from + i);
                    memory.setAtIndex(ValueLayout.JAVA_FLOAT, to++, value);
                }
            }
            Value joined = new Value.Floats(Tensor.wrap(memory, shape));
            outputs = run(key.model(), Map.of(input.name(), joined), key.outputs(), arena);
        }
        outputs.forEach((name, array) -> {
            if (array.rank() == 0 || array.size(0) != items.size()) {
                throw new IllegalStateException(
                        "output \"%s\": not a row for each of %s".formatted(name, items.size()));
            }
        });
        List<Work.Product> products = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            products.add(new Work.Row(outputs, i));
        }
        return products;
    }

    private static List<Work.Product> alone(ServedModel model, List<Work> items) {
        Work.OfTensors request = (Work.OfTensors) items.getFirst();
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Value> inputs = new LinkedHashMap<>();
            request.inputs()
                    .forEach((name, array) ->
                            inputs.put(
                                    name,
                                    array.type() == ElementType.FLOAT32
                                            ? new Value.Floats(array.toTensor(arena))
                                            : new Value.Numbers(array)));
            return List.of(new Work.Tensors(run(model, inputs, request.outputs(), arena)));
        }
    }

    private static Map<String, NdArray> run(
            ServedModel model, Map<String, Value> inputs, List<String> outputs, Arena arena) {
        Map<String, Value> values = model.session().run(inputs, arena);
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        for (String name : outputs) {
            arrays.put(name, Objects.requireNonNull(values.get(name), name).array());
        }
        return arrays;
    }
}
