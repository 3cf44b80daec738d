package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.VectorSupport;
import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution: stride, padding, dilation, groups and the algorithm, to be applied
 * to tensors of any fitting size.
 *
 * <pre>{@code
 * Conv2d conv = Conv2d.builder().stride(2, 2).padding(Padding.of(3, 3)).build();
 * Tensor y = conv.forward(x, weight, bias, arena);
 * Tensor gx = conv.backwardInput(weight, gy, x.shape(), arena);
 * Tensor gw = conv.backwardWeight(x, gy, weight.shape(), arena);
 * Tensor gb = conv.backwardBias(gy, arena);
 * }</pre>
 *
 * <p>Shapes: x N×C×H×W, weight O×C/groups×kernelHeight×kernelWidth, bias O, y and its gradient gy
 * N×O×outHeight×outWidth. Inputs may have any strides, so either {@link MemoryFormat} and views of
 * both; outputs too, as long as no two of their elements share memory. Outputs that are allocated
 * here get the memory format of x (or gy, for gx), and weight gradients that of row-major order.
 *
 * <p>All methods check their arguments before anything is written, and throw
 *
 * <ul>
 *   <li>{@link IllegalArgumentException} for wrong ranks and shapes, an output that is read-only,
 *       overlaps itself or an input, and an algorithm that cannot compute the geometry;
 *   <li>{@link NullPointerException} for a missing tensor, naming it;
 *   <li>{@link IllegalStateException} if a tensor's arena is closed, before or during the call, and
 *       {@link WrongThreadException} if it is confined to another thread;
 *   <li>{@link UnsatisfiedLinkError} if OpenBLAS is needed and cannot be had.
 * </ul>
 *
 * <p>Thread-safe; the settings never change. A convolution remembers how it computes the sizes and
 * strides it saw last, so that calls with the same ones, and outputs that are given, allocate
 * nothing. Calls from any number of threads, virtual ones included, share the slots of {@link
 * ScratchPool}: more callers than slots wait.
 */
public final class Conv2d {
    private static final String INPUT = "N×C×H×W";
    private static final String WEIGHT = "O×C/groups×kernelHeight×kernelWidth";
    private static final String OUTPUT = "N×O×outHeight×outWidth";

    private final long strideHeight;
    private final long strideWidth;
    private final long dilationHeight;
    private final long dilationWidth;
    private final Padding padding;
    private final long groups;
    private final Algorithm algorithm;
    private final boolean strictNumerics;
    private final @Nullable Blas blas;

    /** For the operands seen last; of threads that race each other the last one's remains. */
    private volatile @Nullable Plan plan;

    private Conv2d(Builder settings) {
        strideHeight = Axis.requirePositive("strideHeight", settings.strideHeight);
        strideWidth = Axis.requirePositive("strideWidth", settings.strideWidth);
        dilationHeight = Axis.requirePositive("dilationHeight", settings.dilationHeight);
        dilationWidth = Axis.requirePositive("dilationWidth", settings.dilationWidth);
        groups = Axis.requirePositive("groups", settings.groups);
        padding = settings.padding;
        algorithm = settings.algorithm;
        strictNumerics = settings.strictNumerics;
        blas = settings.blas;
    }

    /**
     * Stride 1, dilation 1, no padding, one group, {@link Algorithm#AUTO} unless said otherwise.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The sizes of this convolution on an input and weights of these shapes.
     *
     * @param inputShape N, C, H, W
     * @param weightShape O, C/groups, kernelHeight, kernelWidth
     * @throws IllegalArgumentException if they do not fit each other or this convolution
     */
    public Conv2dGeometry geometry(long[] inputShape, long[] weightShape) {
        Objects.requireNonNull(inputShape, "inputShape");
        Objects.requireNonNull(weightShape, "weightShape");
        Shapes.requireRank("x", inputShape, INPUT);
        Shapes.requireRank("weight", weightShape, WEIGHT);
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(inputShape[0], inputShape[1], inputShape[2], inputShape[3])
                        .kernel(weightShape[0], weightShape[2], weightShape[3])
                        .stride(strideHeight, strideWidth)
                        .dilation(dilationHeight, dilationWidth)
                        .padding(padding)
                        .groups(groups)
                        .build();
        Shapes.requireShape("weight", weightShape, geometry.weightShape(), geometry);
        return geometry;
    }

    /** The algorithm that computes {@code geometry}: what was asked for, or AUTO's choice. */
    public Algorithm algorithm(Conv2dGeometry geometry) {
        return algorithm.resolve(Objects.requireNonNull(geometry, "geometry"));
    }

    /**
     * Packs or transforms the weights once, for y = activation(x ∗ weight + bias + residual) to be
     * computed many times.
     *
     * @param inputShape N, C, H, W; any batch may be run, N is the one to expect
     * @param weight O×C/groups×kernelHeight×kernelWidth, copied
     * @param bias O, copied, or null for none
     * @param activation applied last
     * @param arena where the prepared weights live; shared or automatic if several threads are to
     *     use them
     * @throws OutOfMemoryError if there is no memory for the weights
     */
    public PreparedConv2d prepare(
            long[] inputShape,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Arena arena) {
        return prepare(inputShape, weight, null, bias, activation, arena);
    }

    /**
     * The same for y = activation((x ∗ weight) · scale + bias + residual): the weights are
     * multiplied while they are packed.
     *
     * @param inputShape N, C, H, W; any batch may be run, N is the one to expect
     * @param weight O×C/groups×kernelHeight×kernelWidth, copied
     * @param scale O, factors of the outputs such as those of a batch normalisation, copied; null
     *     for none
     * @param bias O, copied, or null for none
     * @param activation applied last
     * @param arena where the prepared weights live; shared or automatic if several threads are to
     *     use them
     * @throws OutOfMemoryError if there is no memory for the weights
     */
    public PreparedConv2d prepare(
            long[] inputShape,
            Tensor weight,
            @Nullable Tensor scale,
            @Nullable Tensor bias,
            Activation activation,
            Arena arena) {
        Objects.requireNonNull(inputShape, "inputShape");
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("weight", weight, WEIGHT);
        Conv2dGeometry geometry = geometry(inputShape, weight.shape());
        requireOutputs("bias", bias, geometry);
        requireOutputs("scale", scale, geometry);
        Blas multiplies = blas == null ? Blas.openBlas() : blas;
        Algorithm chosen =
                algorithm == Algorithm.AUTO
                        ? Preparation.choose(geometry, strictNumerics)
                        : algorithm.resolve(geometry);
        PreparedAlgorithm prepared =
                Preparation.prepare(
                        chosen, geometry, weight, scale, bias, activation, multiplies, arena);
        return new PreparedConv2d(
                prepared,
                multiplies,
                geometry.inputShape(),
                geometry.outputShape(),
                geometry.flops(),
                PreparedRun.isShared(arena.allocate(0)));
    }

    /**
     * Packs or transforms the weights once, for the gradient of Σ gy·y by x to be computed many
     * times: what is returned reads gy and writes gx.
     *
     * @param inputShape N, C, H, W of x; any batch may be run, N is the one to expect
     * @param weight O×C/groups×kernelHeight×kernelWidth, copied
     * @param arena where the prepared weights live; shared or automatic if several threads are to
     *     use them
     * @throws OutOfMemoryError if there is no memory for the weights
     */
    public PreparedConv2d prepareInputGradient(long[] inputShape, Tensor weight, Arena arena) {
        Objects.requireNonNull(inputShape, "inputShape");
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("weight", weight, WEIGHT);
        Conv2dGeometry geometry = geometry(inputShape, weight.shape());
        Blas multiplies = blas == null ? Blas.openBlas() : blas;
        PreparedAlgorithm prepared =
                Preparation.prepareInputGradient(
                        chosen(geometry), strictNumerics, geometry, weight, multiplies, arena);
        return new PreparedConv2d(
                prepared,
                multiplies,
                geometry.outputShape(),
                geometry.inputShape(),
                geometry.flops(),
                PreparedRun.isShared(arena.allocate(0)));
    }

    private Algorithm chosen(Conv2dGeometry geometry) {
        VectorSupport.advise();
        return algorithm == Algorithm.AUTO
                ? Preparation.choose(geometry, strictNumerics)
                : algorithm.resolve(geometry);
    }

    /**
     * Computes y = x ∗ weight + bias into a new tensor.
     *
     * @param x input, N×C×H×W, not modified
     * @param weight O×C/groups×kernelHeight×kernelWidth, not modified
     * @param bias O, not modified, or null for none
     * @param arena where the output is allocated
     * @return y, N×O×outHeight×outWidth, in the memory format of x
     */
    public Tensor forward(Tensor x, Tensor weight, @Nullable Tensor bias, Arena arena) {
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("x", x, INPUT);
        Shapes.requireInput("weight", weight, WEIGHT);
        Conv2dGeometry geometry = geometry(x.shape(), weight.shape());
        requireOutputs("bias", bias, geometry);
        algorithm(geometry); // refuses before memory is taken
        Tensor y = Tensor.zeros(arena, formatOf(x), geometry.outputShape());
        forward(x, weight, bias, y);
        return y;
    }

    /**
     * Computes y = x ∗ weight + bias.
     *
     * @param x input, N×C×H×W, not modified
     * @param weight O×C/groups×kernelHeight×kernelWidth, not modified
     * @param bias O, not modified, or null for none
     * @param y output, N×O×outHeight×outWidth, overwritten
     */
    public void forward(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
        Shapes.requireInput("x", x, INPUT);
        Shapes.requireInput("weight", weight, WEIGHT);
        Plan plan = plan(x, "x", weight, "weight", y, "y");
        requireOutputs("bias", bias, plan.geometry);
        y.requireWritable("y");
        Shapes.requireApart("y", y, "x", x);
        Shapes.requireApart("y", y, "weight", weight);
        if (bias != null) {
            Shapes.requireApart("y", y, "bias", bias);
        }
        plan.kernels.forward(x, weight, bias, y);
    }

    /**
     * Computes the gradient of Σ gy·y by x into a new tensor.
     *
     * @param weight O×C/groups×kernelHeight×kernelWidth, not modified
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param inputShape N, C, H, W; with a stride above 1 it does not follow from the output's
     * @param arena where the gradient is allocated
     * @return gx, N×C×H×W, in the memory format of gy
     */
    public Tensor backwardInput(Tensor weight, Tensor gy, long[] inputShape, Arena arena) {
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("weight", weight, WEIGHT);
        Shapes.requireInput("gy", gy, OUTPUT);
        Shapes.requireRank("inputShape", inputShape, INPUT);
        Conv2dGeometry geometry = geometry(inputShape, weight.shape());
        Shapes.requireShape("gy", gy, geometry.outputShape(), geometry);
        algorithm(geometry); // refuses before memory is taken
        Tensor gx = Tensor.zeros(arena, formatOf(gy), inputShape);
        backwardInput(weight, gy, gx);
        return gx;
    }

    /**
     * Computes the gradient of Σ gy·y by x.
     *
     * @param weight O×C/groups×kernelHeight×kernelWidth, not modified
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param gx gradient of the input, N×C×H×W, overwritten
     */
    public void backwardInput(Tensor weight, Tensor gy, Tensor gx) {
        Shapes.requireInput("weight", weight, WEIGHT);
        Shapes.requireInput("gy", gy, OUTPUT);
        Plan plan = plan(gx, "gx", weight, "weight", gy, "gy");
        gx.requireWritable("gx");
        Shapes.requireApart("gx", gx, "weight", weight);
        Shapes.requireApart("gx", gx, "gy", gy);
        plan.kernels.backwardInput(weight, gy, gx);
    }

    /**
     * Computes the gradient of Σ gy·y by the weights into a new tensor.
     *
     * @param x input, N×C×H×W, not modified
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param weightShape O, C/groups, kernelHeight, kernelWidth; with a stride above 1 the window
     *     does not follow from the other sizes
     * @param arena where the gradient is allocated
     * @return gw, O×C/groups×kernelHeight×kernelWidth, row-major
     */
    public Tensor backwardWeight(Tensor x, Tensor gy, long[] weightShape, Arena arena) {
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("x", x, INPUT);
        Shapes.requireInput("gy", gy, OUTPUT);
        Shapes.requireRank("weightShape", weightShape, WEIGHT);
        Conv2dGeometry geometry = geometry(x.shape(), weightShape);
        Shapes.requireShape("gy", gy, geometry.outputShape(), geometry);
        algorithm(geometry); // refuses before memory is taken
        Tensor gw = Tensor.zeros(arena, weightShape);
        backwardWeight(x, gy, gw);
        return gw;
    }

    /**
     * Computes the gradient of Σ gy·y by the weights.
     *
     * @param x input, N×C×H×W, not modified
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param gw gradient of the weights, O×C/groups×kernelHeight×kernelWidth, overwritten
     */
    public void backwardWeight(Tensor x, Tensor gy, Tensor gw) {
        gradient(x, gy, gw).backwardWeight(null, x, gy, gw);
    }

    /**
     * Computes the gradient of Σ gy·y by the weights, split between the threads of a pool where x
     * and gy are channels-last.
     *
     * @param workers who computes; the call waits for them
     * @param x input, N×C×H×W, not modified
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param gw gradient of the weights, O×C/groups×kernelHeight×kernelWidth, overwritten
     * @throws WrongThreadException also if memory is confined to a thread, be it this one
     * @throws java.util.concurrent.CancellationException if this thread was interrupted; gw is then
     *     undefined
     */
    public void backwardWeight(Workers workers, Tensor x, Tensor gy, Tensor gw) {
        Objects.requireNonNull(workers, "workers");
        Plan plan = gradient(x, gy, gw);
        Shapes.requireShared("x", x);
        Shapes.requireShared("gy", gy);
        Shapes.requireShared("gw", gw);
        plan.backwardWeight(workers, x, gy, gw);
    }

    private Plan gradient(Tensor x, Tensor gy, Tensor gw) {
        Shapes.requireInput("x", x, INPUT);
        Shapes.requireInput("gy", gy, OUTPUT);
        Plan plan = plan(x, "x", gw, "gw", gy, "gy");
        gw.requireWritable("gw");
        Shapes.requireApart("gw", gw, "x", x);
        Shapes.requireApart("gw", gw, "gy", gy);
        return plan;
    }

    /**
     * Computes the gradient of Σ gy·y by the bias, the sum of gy over batch and positions, into a
     * new tensor.
     *
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param arena where the gradient is allocated
     * @return gb, O
     */
    public Tensor backwardBias(Tensor gy, Arena arena) {
        Objects.requireNonNull(arena, "arena");
        Shapes.requireInput("gy", gy, OUTPUT);
        Tensor gb = Tensor.zeros(arena, gy.size(1));
        backwardBias(gy, gb);
        return gb;
    }

    /**
     * Computes the gradient of Σ gy·y by the bias, the sum of gy over batch and positions.
     *
     * @param gy gradient of the output, N×O×outHeight×outWidth, not modified
     * @param gb gradient of the bias, O, overwritten
     */
    public void backwardBias(Tensor gy, Tensor gb) {
        Shapes.requireInput("gy", gy, OUTPUT);
        Objects.requireNonNull(gb, "gb");
        Shapes.requireChannels("gb", gb, gy.size(1));
        gb.requireWritable("gb");
        Shapes.requireApart("gb", gb, "gy", gy);
        if (algorithm == Algorithm.DIRECT) {
            BiasGradient.direct(gy, gb);
        } else {
            BiasGradient.compute(gy, gb);
        }
    }

    /**
     * The plan for these operands, after checking that their shapes fit each other; each is the
     * tensor itself or its gradient, with the name it has in messages.
     */
    private Plan plan(
            Tensor image,
            String imageName,
            Tensor weight,
            String weightName,
            Tensor output,
            String outputName) {
        Objects.requireNonNull(image, imageName);
        Objects.requireNonNull(weight, weightName);
        Objects.requireNonNull(output, outputName);
        Plan last = plan;
        if (last != null && last.fits(image, weight, output)) {
            return last;
        }
        Shapes.requireRank(imageName, image.shape(), INPUT);
        Shapes.requireRank(weightName, weight.shape(), WEIGHT);
        Conv2dGeometry geometry = geometry(image.shape(), weight.shape());
        Shapes.requireShape(outputName, output, geometry.outputShape(), geometry);
        Plan fresh =
                new Plan(
                        geometry,
                        algorithm,
                        () -> blas == null ? Blas.openBlas() : blas,
                        image,
                        weight,
                        output);
        plan = fresh;
        return fresh;
    }

    /** Refuses what is there and is not a value for each output channel. */
    private static void requireOutputs(
            String name, @Nullable Tensor values, Conv2dGeometry geometry) {
        if (values != null) {
            values.requireReadable(name);
            Shapes.requireChannels(name, values, geometry.outChannels());
        }
    }

    private static MemoryFormat formatOf(Tensor t) {
        boolean last =
                t.isContiguous(MemoryFormat.CHANNELS_LAST)
                        && !t.isContiguous(MemoryFormat.CHANNELS_FIRST);
        return last ? MemoryFormat.CHANNELS_LAST : MemoryFormat.CHANNELS_FIRST;
    }

    /** Settings of a convolution; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {
        private long strideHeight = 1;
        private long strideWidth = 1;
        private long dilationHeight = 1;
        private long dilationWidth = 1;
        private long groups = 1;
        private Padding padding = Padding.NONE;
        private Algorithm algorithm = Algorithm.AUTO;
        private boolean strictNumerics;
        private @Nullable Blas blas;

        private Builder() {}

        /** Distance between windows in pixels, at least 1. */
        public Builder stride(long height, long width) {
            strideHeight = height;
            strideWidth = width;
            return this;
        }

        /** Distance between taps in pixels, at least 1. */
        public Builder dilation(long height, long width) {
            dilationHeight = height;
            dilationWidth = width;
            return this;
        }

        /** Zeros around the input. */
        public Builder padding(Padding padding) {
            this.padding = Objects.requireNonNull(padding, "padding");
            return this;
        }

        /** Groups; must divide the channels of input and output. As many as channels: depthwise. */
        public Builder groups(long groups) {
            this.groups = groups;
            return this;
        }

        /** How it is computed. */
        public Builder algorithm(Algorithm algorithm) {
            this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
            return this;
        }

        /**
         * Whether {@link Algorithm#AUTO} is to leave out what is not within γ<sub>K</sub>·Σ|a||b|
         * of the true sum: {@link Algorithm#WINOGRAD}. False by default.
         */
        public Builder strictNumerics(boolean strict) {
            this.strictNumerics = strict;
            return this;
        }

        /**
         * What multiplies matrices; {@link Blas#openBlas()}, loaded at the first use, by default.
         */
        public Builder blas(Blas blas) {
            this.blas = Objects.requireNonNull(blas, "blas");
            return this;
        }

        /**
         * The convolution.
         *
         * @throws IllegalArgumentException if a stride, dilation or the groups are not positive
         */
        public Conv2d build() {
            return new Conv2d(this);
        }
    }
}
