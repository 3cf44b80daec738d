package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.Operation;
import io.strider.ops.PictureResize;
import io.strider.ops.PlainMoves;
import io.strider.ops.PlainResize;
import io.strider.ops.ResizeSampling;
import io.strider.ops.ResizeTaps;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The input at another size. Inputs: data, region of interest (for {@link
 * ResizeSampling.Coordinates#TF_CROP_AND_RESIZE}: starts of all axes, then ends), scales, sizes; of
 * the last two exactly one is there, an empty one counts as absent.
 *
 * @param sampling how elements are found
 * @param axes which axes the other inputs speak of; empty for all
 * @param policy how sizes are understood
 * @param outside what stands where the region of interest reaches beyond the data
 */
public record Resize(ResizeSampling sampling, List<Long> axes, AspectRatio policy, double outside)
        implements Operator {
    /** How sizes are understood; names are ONNX's. */
    public enum AspectRatio {
        /** Each axis by itself. */
        STRETCH,
        /** All axes by one scale, the largest at which none is larger than wanted. */
        NOT_LARGER,
        /** All axes by one scale, the smallest at which none is smaller than wanted. */
        NOT_SMALLER
    }

    /** Keeps a copy of the list. */
    public Resize {
        axes = List.copyOf(axes);
    }

    @Override
    public String name() {
        return "Resize";
    }

    private static boolean gives(Inputs inputs, int index) {
        return inputs.has(index) && inputs.type(index).elementCount() > 0;
    }

    private static double[] numbers(Inputs inputs, int index, String name, int count) {
        NdArray value = Demands.known(inputs, index, name);
        if (value.count() != count) {
            throw Demands.refused("%s: %s elements (expected: %s)", name, value.count(), count);
        }
        return value.toDoubles();
    }

    /** Sizes and scales of all axes, in the data's order. */
    List<ResizeSampling.Axis> sizes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "X");
        int rank = data.rank();
        long[] named = axes.stream().mapToLong(axis -> axis).toArray();
        int[] dims =
                named.length > 0
                        ? Demands.axes("axes", named, rank)
                        : Demands.axesOrAll(inputs, Integer.MAX_VALUE, rank);
        boolean bySize = gives(inputs, 3);
        if (bySize == gives(inputs, 2)) {
            throw Demands.refused(
                    "scales, sizes: %s (expected: one of them)", bySize ? "both" : "neither");
        }
        double[] starts = new double[dims.length];
        double[] ends = new double[dims.length];
        Arrays.fill(ends, 1);
        if (sampling.coordinates() == ResizeSampling.Coordinates.TF_CROP_AND_RESIZE) {
            double[] region = numbers(inputs, 1, "roi", 2 * dims.length);
            System.arraycopy(region, 0, starts, 0, dims.length);
            System.arraycopy(region, dims.length, ends, 0, dims.length);
        }
        ResizeSampling.Axis[] all = new ResizeSampling.Axis[rank];
        for (int dim = 0; dim < rank; dim++) {
            long size = data.shape()[dim];
            all[dim] = new ResizeSampling.Axis(size, size, 1, size, 0, 1);
        }
        double[] wanted =
                bySize
                        ? numbers(inputs, 3, "sizes", dims.length)
                        : numbers(inputs, 2, "scales", dims.length);
        double common = commonScale(wanted, data, dims);
        for (int i = 0; i < dims.length; i++) {
            long size = data.shape()[dims[i]];
            double scale = bySize ? wanted[i] / size : wanted[i];
            double length = bySize ? wanted[i] : wanted[i] * size;
            // As ONNX infers shapes: in float32, in which an exporter's 15/7 times 7 is 15.
            double rounded = bySize ? wanted[i] : Math.floor((float) wanted[i] * (float) size);
            if (bySize && policy != AspectRatio.STRETCH) {
                scale = common;
                length = common * size;
                rounded = Math.floor(length + 0.5);
            }
            if (!(rounded >= 0 && rounded <= Integer.MAX_VALUE - 8) || (size == 0 && rounded > 0)) {
                throw Demands.refused(
                        "%s: %s for axis %s of %s (expected: a size that an array can have)",
                        bySize ? "sizes" : "scales", wanted[i], dims[i], data);
            }
            all[dims[i]] =
                    new ResizeSampling.Axis(
                            size, (long) rounded, scale, length, starts[i], ends[i]);
        }
        return List.of(all);
    }

    /** For the policies that keep the ratio of the axes; sizes of 0 have no say. */
    private double commonScale(double[] wanted, TensorType data, int[] dims) {
        boolean larger = policy == AspectRatio.NOT_SMALLER;
        double common = larger ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < dims.length; i++) {
            double scale = wanted[i] / Math.max(1, data.shape()[dims[i]]);
            common = larger ? Math.max(common, scale) : Math.min(common, scale);
        }
        return common;
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        long[] shape = sizes(inputs).stream().mapToLong(ResizeSampling.Axis::output).toArray();
        return List.of(Demands.output(inputs.type(0).type(), shape));
    }

    /** Taps for each axis, of data that is not empty. */
    List<ResizeTaps> taps(Inputs inputs) {
        List<ResizeTaps> taps = new ArrayList<>();
        for (ResizeSampling.Axis axis : sizes(inputs)) {
            taps.add(sampling.taps(axis));
        }
        return taps;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        Given given = new Given(inputs, outputs);
        NdArray data = Objects.requireNonNull(inputs.get(0));
        TensorType type = outputTypes(given).get(0);
        if (type.elementCount() == 0) {
            return List.of(PlainMoves.apply(inputs, List.of(), 0, type.type(), null, type.shape()));
        }
        return List.of(PlainResize.apply(data, taps(given), outside));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        TensorType data = request.inputs().type(0);
        if (!Movement.isFloat32(request)
                || data.rank() != 4
                || request.outputs().get(0).elementCount() == 0) {
            return null;
        }
        List<ResizeTaps> taps = taps(request.inputs());
        boolean picture =
                taps.get(0).isIdentity(data.shape()[0]) && taps.get(1).isIdentity(data.shape()[1]);
        return picture ? new PictureKernel(taps.get(2), taps.get(3), (float) outside) : null;
    }

    /** Resizes channels-last pictures. */
    private record PictureKernel(ResizeTaps rows, ResizeTaps columns, float outside)
            implements Kernel {
        @Override
        public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
            Tensor data = Objects.requireNonNull(inputs.get(0));
            return PictureResize.bind(data, outputs.get(0), rows, columns, outside);
        }

        @Override
        public String description() {
            return "rows, columns";
        }
    }
}
