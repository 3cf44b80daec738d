package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.ChannelPermutation;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The channels of N×C×H×W in another order, as in ShuffleNet: they are g groups one behind the
 * other, of which the output has the first channels, then the second ones, and so on. Channel i·g +
 * j of y is channel j·(C/g) + i of x.
 *
 * <p>Input x of any type, output y of the same type and shape.
 *
 * @param groups g, a divisor of C
 */
public record ChannelShuffle(long groups) implements Operator {
    @Override
    public String name() {
        return "ChannelShuffle";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType x = Demands.present(inputs, 0, "x");
        if (x.rank() != 4 || groups < 1 || x.shape()[1] % groups != 0) {
            throw Demands.refused(
                    "x: %s (expected: N×C×H×W, its channels in %s groups)", x, groups);
        }
        return List.of(x);
    }

    private int source(int channel, int channels) {
        int each = (int) (channels / groups);
        return (int) (channel % groups) * each + (int) (channel / groups);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        int channels = (int) x.size(1);
        int plane = (int) (x.size(2) * x.size(3));
        List<Integer> from = new ArrayList<>(x.count());
        for (int row = 0; row < x.size(0) * channels; row++) {
            int picture = row / channels * channels;
            for (int i = 0; i < plane; i++) {
                from.add((picture + source(row % channels, channels)) * plane + i);
            }
        }
        if (x.type().isFloating()) {
            double[] all = x.toDoubles();
            double[] y = from.stream().mapToDouble(index -> all[index]).toArray();
            return List.of(NdArray.ofDoubles(x.type(), y, x.shape()));
        }
        long[] all = x.toLongs();
        long[] y = from.stream().mapToLong(index -> all[index]).toArray();
        return List.of(NdArray.ofLongs(x.type(), y, x.shape()));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        int[] sources = new int[(int) request.outputs().get(0).shape()[1]];
        for (int channel = 0; channel < sources.length; channel++) {
            sources[channel] = source(channel, sources.length);
        }
        return new SimpleKernel(
                "permute",
                -1,
                (inputs, outputs) ->
                        new ChannelPermutation(
                                SimpleKernel.present(inputs, 0), sources, outputs.getFirst()));
    }
}
