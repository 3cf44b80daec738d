package io.strider.graph;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Operators of every kind that a session treats in its own way, as plain as can be. */
final class SampleOperators {
    private SampleOperators() {}

    private static long[] indexOf(long position, long[] shape) {
        long[] index = new long[shape.length];
        long rest = position;
        for (int dim = shape.length - 1; dim >= 0; dim--) {
            index[dim] = rest % shape[dim];
            rest /= shape[dim];
        }
        return index;
    }

    private static NdArray first(List<@Nullable NdArray> inputs) {
        return Objects.requireNonNull(inputs.get(0));
    }

    private static NdArray floats(double[] values, long[] shape) {
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    private static Tensor first(Iterable<@Nullable Tensor> inputs) {
        return Objects.requireNonNull(inputs.iterator().next());
    }

    /** y = x · factor + 1; in place where it may; whole numbers too, but those plainly. */
    record Scale(float factor) implements Operator {
        @Override
        public String name() {
            return "Scale";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(inputs.type(0));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            NdArray x = first(inputs);
            if (!x.type().isFloating()) {
                long[] values = x.toLongs();
                Arrays.setAll(values, i -> values[i] * (long) factor + 1);
                return List.of(NdArray.ofLongs(x.type(), values, x.shape()));
            }
            double[] values = x.toDoubles();
            Arrays.setAll(values, i -> (float) values[i] * factor + 1);
            return List.of(NdArray.ofDoubles(x.type(), values, x.shape()));
        }

        @Override
        public @Nullable Kernel kernel(KernelRequest request) {
            return request.isFloat32() ? new InPlace() : null;
        }

        private final class InPlace implements Kernel {
            @Override
            public io.strider.ops.Operation bind(
                    List<@Nullable Tensor> inputs, List<Tensor> outputs) {
                Tensor x = first(inputs);
                Tensor y = outputs.get(0);
                return _ -> {
                    for (long i = 0; i < x.elementCount(); i++) {
                        long[] index = indexOf(i, x.shape());
                        y.set(x.get(index) * factor + 1, index);
                    }
                };
            }

            @Override
            public int inPlaceInput() {
                return 0;
            }
        }
    }

    /** y = a − b of equal shapes; in place of either. */
    record Subtract(int place) implements Operator {
        @Override
        public String name() {
            return "Subtract";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            if (!inputs.type(0).equals(inputs.type(1))) {
                throw new IllegalArgumentException(
                        "b: %s (expected: %s, like a)".formatted(inputs.type(1), inputs.type(0)));
            }
            return List.of(inputs.type(0));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            double[] a = first(inputs).toDoubles();
            double[] b = Objects.requireNonNull(inputs.get(1)).toDoubles();
            Arrays.setAll(a, i -> (float) a[i] - (float) b[i]);
            return List.of(floats(a, first(inputs).shape()));
        }

        @Override
        public Kernel kernel(KernelRequest request) {
            return new Kernel() {
                @Override
                public io.strider.ops.Operation bind(
                        List<@Nullable Tensor> inputs, List<Tensor> outputs) {
                    Tensor a = first(inputs);
                    Tensor b = Objects.requireNonNull(inputs.get(1));
                    Tensor y = outputs.get(0);
                    return _ -> {
                        for (long i = 0; i < a.elementCount(); i++) {
                            long[] index = indexOf(i, a.shape());
                            y.set(a.get(index) - b.get(index), index);
                        }
                    };
                }

                @Override
                public int inPlaceInput() {
                    return place;
                }
            };
        }
    }

    /**
     * Element i of y is element i of x minus half of the element after it in row-major order: must
     * not be done in place. Overwrites y with NaN first, to betray memory that is still wanted.
     */
    record Difference() implements Operator {
        @Override
        public String name() {
            return "Difference";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(inputs.type(0), inputs.type(0));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            double[] x = first(inputs).toDoubles();
            double[] y = new double[x.length];
            double[] z = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                y[i] = (float) x[i] - 0.5f * (float) x[(i + 1) % x.length];
                z[i] = (float) y[i] + 3;
            }
            long[] shape = first(inputs).shape();
            return List.of(floats(y, shape), floats(z, shape)).subList(0, outputs);
        }

        @Override
        public Kernel kernel(KernelRequest request) {
            return (inputs, outputs) -> {
                Tensor x = first(inputs);
                long count = x.elementCount();
                return _ -> {
                    outputs.forEach(output -> output.fill(Float.NaN));
                    for (long i = 0; i < count; i++) {
                        long[] index = indexOf(i, x.shape());
                        float next = x.get(indexOf((i + 1) % count, x.shape()));
                        outputs.get(0).set(x.get(index) - 0.5f * next, index);
                        if (outputs.size() > 1) {
                            outputs.get(1).set(outputs.get(0).get(index) + 3, index);
                        }
                    }
                };
            };
        }
    }

    /** Like {@link Scale} by −2, but with arrays only. */
    record Plain() implements Operator {
        @Override
        public String name() {
            return "Plain";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(inputs.type(0));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            return new Scale(-2).evaluate(inputs, outputs);
        }
    }

    /** Puts its inputs side by side along an axis. */
    record Join(int axis) implements Operator {
        @Override
        public String name() {
            return "Join";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            long[] shape = inputs.type(0).shape().clone();
            for (int i = 1; i < inputs.count(); i++) {
                shape[axis] += inputs.type(i).shape()[axis];
            }
            return List.of(new TensorType(inputs.type(0).type(), shape));
        }

        @Override
        public View.@Nullable Part part(Inputs inputs, int input) {
            long first = 0;
            for (int i = 0; i < input; i++) {
                first += inputs.type(i).shape()[axis];
            }
            return View.Part.along(inputs.type(0).rank(), axis, first);
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            long[] shape = first(inputs).shape();
            shape[axis] = 0;
            for (NdArray input : inputs) {
                shape[axis] += Objects.requireNonNull(input).size(axis);
            }
            int count = 1;
            for (long size : shape) {
                count *= (int) size;
            }
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                long[] index = indexOf(i, shape);
                int from = 0;
                NdArray source = first(inputs);
                while (index[axis] >= source.size(axis)) {
                    index[axis] -= source.size(axis);
                    source = Objects.requireNonNull(inputs.get(++from));
                }
                int position = 0;
                for (int dim = 0; dim < shape.length; dim++) {
                    position = position * (int) source.size(dim) + (int) index[dim];
                }
                values[i] = source.getDouble(position);
            }
            if (!first(inputs).type().isFloating()) {
                long[] whole = new long[count];
                Arrays.setAll(whole, i -> (long) values[i]);
                return List.of(NdArray.ofLongs(first(inputs).type(), whole, shape));
            }
            return List.of(floats(values, shape));
        }
    }

    /** The first {@code sizes[0]} indices of an axis, the next {@code sizes[1]}, and so on. */
    record Cut(int axis, List<Long> sizes) implements Operator {
        @Override
        public String name() {
            return "Cut";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            List<TensorType> types = new ArrayList<>();
            for (long size : sizes) {
                long[] shape = inputs.type(0).shape().clone();
                shape[axis] = size;
                types.add(new TensorType(inputs.type(0).type(), shape));
            }
            return types;
        }

        @Override
        public View view(Inputs inputs, int output) {
            long first = sizes.subList(0, output).stream().mapToLong(size -> size).sum();
            return View.Part.along(inputs.type(0).rank(), axis, first);
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            NdArray x = first(inputs);
            List<NdArray> results = new ArrayList<>();
            long first = 0;
            for (long size : sizes) {
                long[] shape = x.shape();
                shape[axis] = size;
                double[] values =
                        new double[(int) (size == 0 ? 0 : x.count() / x.size(axis) * size)];
                for (int i = 0; i < values.length; i++) {
                    long[] index = indexOf(i, shape);
                    index[axis] += first;
                    int position = 0;
                    for (int dim = 0; dim < shape.length; dim++) {
                        position = position * (int) x.size(dim) + (int) index[dim];
                    }
                    values[i] = x.getDouble(position);
                }
                results.add(floats(values, shape));
                first += size;
            }
            return results.subList(0, outputs);
        }
    }

    /** The elements of input 0 in the shape that input 1 holds. */
    record Shaped() implements Operator {
        @Override
        public String name() {
            return "Shaped";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            TensorType type = new TensorType(inputs.type(0).type(), inputs.value(1).toLongs());
            if (type.elementCount() != inputs.type(0).elementCount()) {
                throw new IllegalArgumentException("shape: " + type);
            }
            return List.of(type);
        }

        @Override
        public View view(Inputs inputs, int output) {
            return View.SAME_ORDER;
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            long[] shape = Objects.requireNonNull(inputs.get(1)).toLongs();
            return List.of(first(inputs).reshape(shape));
        }
    }

    /** The sizes of input 0. */
    record SizesOf() implements Operator {
        @Override
        public String name() {
            return "SizesOf";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(new TensorType(ElementType.INT64, inputs.type(0).rank()));
        }

        @Override
        public List<NdArray> known(Inputs inputs) {
            return List.of(NdArray.ofIndices(inputs.type(0).shape()));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            return List.of(NdArray.ofIndices(first(inputs).shape()));
        }
    }

    /** y = x + Σ weight; packs the sum once, and counts how often. */
    record Weighted(AtomicInteger packed) implements Operator {
        @Override
        public String name() {
            return "Weighted";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(inputs.type(0));
        }

        private static float sum(double[] weights) {
            float sum = 0;
            for (double weight : weights) {
                sum += (float) weight;
            }
            return sum;
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            float sum = sum(Objects.requireNonNull(inputs.get(1)).toDoubles());
            double[] values = first(inputs).toDoubles();
            Arrays.setAll(values, i -> (float) values[i] + sum);
            return List.of(floats(values, first(inputs).shape()));
        }

        @Override
        public @Nullable Kernel kernel(KernelRequest request) {
            if (!request.isConstant(1)) {
                return null;
            }
            long channels = request.inputs().type(0).shape()[1];
            Tensor kept =
                    request.shared(
                            channels,
                            Tensor.class,
                            () -> {
                                packed.incrementAndGet();
                                float sum = sum(NdArray.of(request.constant(1)).toDoubles());
                                return Tensor.of(request.arena(), new float[] {sum}, 1);
                            });
            return (inputs, outputs) -> {
                Tensor x = first(inputs);
                return _ -> {
                    for (long i = 0; i < x.elementCount(); i++) {
                        long[] index = indexOf(i, x.shape());
                        outputs.get(0).set(x.get(index) + kept.get(0), index);
                    }
                };
            };
        }
    }

    /** y = x, and runs something each time. */
    record Then(Runnable action) implements Operator {
        @Override
        public String name() {
            return "Then";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(inputs.type(0));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            return List.of(first(inputs));
        }

        @Override
        public Kernel kernel(KernelRequest request) {
            return (inputs, outputs) ->
                    _ -> {
                        action.run();
                        outputs.get(0).copyFrom(first(inputs));
                    };
        }
    }
}
