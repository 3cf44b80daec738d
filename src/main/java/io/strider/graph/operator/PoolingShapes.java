package io.strider.graph.operator;

import io.strider.graph.TensorType;
import io.strider.ops.WindowAxis;
import java.util.Arrays;
import java.util.List;

/** Shapes that all kinds of pooling have in common. */
final class PoolingShapes {
    private PoolingShapes() {}

    /** The axes of a window over N×C×spatial sizes. */
    static List<WindowAxis> axes(TensorType x, SlidingWindow window) {
        OperandChecks.rank(x, "X", 3, "N×C and at least one spatial size");
        long[] spatial = OperandChecks.spatial(x);
        return window.axes(spatial, window.requiredKernel(spatial.length));
    }

    /** One window over all of N×C×spatial sizes, of which there may be none. */
    static List<WindowAxis> wholeAxes(TensorType x) {
        OperandChecks.rank(x, "X", 2, "N×C and spatial sizes");
        return Arrays.stream(OperandChecks.spatial(x)).mapToObj(WindowAxis::whole).toList();
    }

    /** N×C×windows. */
    static TensorType output(TensorType x, SlidingWindow window) {
        return output(x, axes(x, window));
    }

    /** N×C×1×…, one window. */
    static TensorType wholeOutput(TensorType x) {
        return output(x, wholeAxes(x));
    }

    private static TensorType output(TensorType x, List<WindowAxis> axes) {
        long[] shape = x.shape().clone();
        for (int dim = 0; dim < axes.size(); dim++) {
            shape[2 + dim] = axes.get(dim).output();
        }
        return OperandChecks.output(x.type(), shape);
    }
}
