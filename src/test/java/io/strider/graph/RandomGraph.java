package io.strider.graph;

import io.strider.tensor.ElementType;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A graph of sample operators that twists views, parts and work in place together. */
final class RandomGraph {
    private final Random random;
    private final Graph.Builder builder = Graph.builder();
    private final Map<String, TensorType> types = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<String, NdArray> inputs = new HashMap<>();
    private int count;

    private RandomGraph(long seed, int nodes) {
        random = new Random(seed);
        int given = 1 + random.nextInt(2);
        for (int i = 0; i < given; i++) {
            long[] shape = {1 + random.nextInt(2), 1 + random.nextInt(5), 2, 3};
            if (random.nextInt(4) == 0) {
                shape = new long[] {2, 1 + random.nextInt(6)};
            }
            String name = "x" + i;
            builder.input(new GraphInput(name, ElementType.FLOAT32, shape));
            inputs.put(name, array(shape));
            declare(name, shape);
        }
        while (count < nodes) {
            addNode();
        }
        builder.output(names.getLast());
        for (int i = 0; i < 2; i++) {
            String output = names.get(random.nextInt(names.size()));
            if (!output.equals(names.getLast())) {
                builder.output(output);
                break;
            }
        }
    }

    /** The graph, and elements for its inputs. */
    record Case(Graph graph, Map<String, NdArray> inputs) {
        /** The inputs as values, in one layout or the other. */
        Map<String, Value> values(Arena arena, Random random) {
            Map<String, Value> values = new HashMap<>();
            inputs.forEach((name, array) -> {
                if (random.nextInt(4) == 0) {
                    values.put(name, new Value.Numbers(array));
                    return;
                }
                Tensor tensor = array.toTensor(arena);
                boolean last = tensor.rank() == 4 && random.nextBoolean();
                values.put(
                        name,
                        new Value.Floats(
                                last
                                        ? tensor.contiguous(arena, MemoryFormat.CHANNELS_LAST)
                                        : tensor));
            });
            return values;
        }
    }

    static Case of(long seed, int nodes) {
        RandomGraph graph = new RandomGraph(seed, nodes);
        return new Case(graph.builder.build(), graph.inputs);
    }

    private NdArray array(long[] shape) {
        int elements = (int) new TensorType(ElementType.FLOAT32, shape).elementCount();
        double[] values = random.doubles(elements, -1, 1).toArray();
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    private void declare(String name, long[] shape) {
        names.add(name);
        types.put(name, new TensorType(ElementType.FLOAT32, shape));
    }

    /** Late ones are likelier, so that chains become long. */
    private String pick() {
        int back = (int) Math.min(names.size() - 1, Math.abs(random.nextGaussian() * 3));
        return names.get(names.size() - 1 - back);
    }

    private void add(Operator operator, List<String> inputs, long[]... shapes) {
        List<String> outputs = new ArrayList<>();
        for (long[] shape : shapes) {
            String name =
                    random.nextInt(8) == 0 && outputs.isEmpty() && shapes.length > 1
                            ? ""
                            : "v" + count++;
            outputs.add(name);
            if (!name.isEmpty()) {
                declare(name, shape);
            }
        }
        builder.node(new Node("n" + count, operator, inputs, outputs));
    }

    private void addNode() {
        String x = pick();
        long[] shape = types.get(x).shape();
        switch (random.nextInt(10)) {
            case 0, 1 -> add(new SampleOperators.Scale(random.nextInt(3) - 1), List.of(x), shape);
            case 2 -> subtract(x, shape);
            case 3 -> {
                if (random.nextBoolean()) {
                    add(new SampleOperators.Difference(), List.of(x), shape, shape);
                } else {
                    add(new SampleOperators.Difference(), List.of(x), shape);
                }
            }
            case 4 -> add(new SampleOperators.Plain(), List.of(x), shape);
            case 5, 6 -> join(x, shape);
            case 7 -> cut(x, shape);
            case 8 -> reshape(x, shape);
            default -> weighted(x, shape);
        }
    }

    private void subtract(String x, long[] shape) {
        for (String other : names.reversed()) {
            if (types.get(other).equals(types.get(x)) && random.nextBoolean()) {
                add(new SampleOperators.Subtract(random.nextInt(3) - 1), List.of(x, other), shape);
                return;
            }
        }
    }

    private void join(String x, long[] shape) {
        int axis = random.nextInt(3) == 0 ? random.nextInt(shape.length) : 1;
        List<String> parts = new ArrayList<>(List.of(x));
        long[] whole = shape.clone();
        for (String other : names.reversed()) {
            long[] others = types.get(other).shape();
            boolean fits = others.length == shape.length && random.nextInt(3) > 0;
            for (int dim = 0; fits && dim < shape.length; dim++) {
                fits = dim == axis || others[dim] == shape[dim];
            }
            if (fits && whole[axis] + others[axis] < 12 && parts.size() < 4) {
                parts.add(other);
                whole[axis] += others[axis];
            }
        }
        if (random.nextInt(5) == 0) {
            String name = "c" + count;
            builder.constant(name, new Value.Numbers(array(shape)));
            parts.add(random.nextInt(parts.size()), name);
            whole[axis] += shape[axis];
        }
        add(new SampleOperators.Join(axis), parts, whole);
    }

    private void cut(String x, long[] shape) {
        int axis = random.nextInt(3) == 0 ? random.nextInt(shape.length) : 1;
        long first = random.nextInt((int) shape[axis] + 1);
        List<Long> sizes = List.of(first, shape[axis] - first);
        long[] left = shape.clone();
        long[] right = shape.clone();
        left[axis] = first;
        right[axis] = shape[axis] - first;
        if (first == 0 || right[axis] == 0) {
            return;
        }
        add(new SampleOperators.Cut(axis, sizes), List.of(x), left, right);
    }

    private void reshape(String x, long[] shape) {
        long[] target;
        if (shape.length == 4) {
            target =
                    switch (random.nextInt(3)) {
                        case 0 -> new long[] {shape[0], shape[1] * shape[2] * shape[3]};
                        case 1 -> new long[] {shape[0], shape[1], shape[2] * shape[3]};
                        default -> new long[] {shape[0], shape[1] * shape[2], 1, shape[3]};
                    };
        } else {
            long all = types.get(x).elementCount();
            target = all % 6 == 0 ? new long[] {1, all / 6, 2, 3} : new long[] {all, 1};
        }
        String name = "s" + count;
        builder.constant(name, new Value.Numbers(NdArray.ofIndices(target)));
        add(new SampleOperators.Shaped(), List.of(x, name), target);
    }

    private void weighted(String x, long[] shape) {
        String name = "w" + count;
        builder.constant(name, new Value.Numbers(array(new long[] {3})));
        add(new SampleOperators.Weighted(new AtomicInteger()), List.of(x, name), shape);
    }
}
