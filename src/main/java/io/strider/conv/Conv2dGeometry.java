package io.strider.conv;

import static io.strider.conv.Axis.requireNotNegative;
import static io.strider.conv.Axis.requirePositive;

import java.util.Objects;

/**
 * All sizes of one convolution: batch, channels, and for each axis input, window, stride, dilation,
 * padding and output. The output has PyTorch's size, ⌊(input + padding − dilation·(kernel − 1) − 1)
 * / stride⌋ + 1.
 *
 * <p>A batch may be empty; every other size is at least 1. Each tensor's size in bytes fits a long.
 * Immutable and thread-safe.
 */
public final class Conv2dGeometry {
    private final long batch;
    private final long inChannels;
    private final long outChannels;
    private final long groups;
    final Axis height;
    final Axis width;

    private Conv2dGeometry(Builder sizes) {
        batch = requireNotNegative("batch", sizes.batch);
        inChannels = requirePositive("inChannels", sizes.inChannels);
        outChannels = requirePositive("outChannels", sizes.outChannels);
        groups = requirePositive("groups", sizes.groups);
        requireDivides("inChannels", inChannels);
        requireDivides("outChannels", outChannels);
        Padding.Sides sides = sizes.sides();
        height =
                Axis.of(
                        "Height",
                        sizes.inHeight,
                        sizes.kernelHeight,
                        sizes.strideHeight,
                        sizes.dilationHeight,
                        sides.top(),
                        sides.bottom());
        width =
                Axis.of(
                        "Width",
                        sizes.inWidth,
                        sizes.kernelWidth,
                        sizes.strideWidth,
                        sizes.dilationWidth,
                        sides.left(),
                        sides.right());
        requireBytesFit("input", batch, inChannels, height.input(), width.input());
        requireBytesFit(
                "weight", outChannels, inChannelsPerGroup(), height.kernel(), width.kernel());
        requireBytesFit("output", batch, outChannels, height.output(), width.output());
        requireBytesFit(
                "matrix of patches",
                inChannels,
                height.kernel(),
                width.kernel(),
                Math.max(1, batch),
                height.output(),
                width.output());
    }

    /** A builder with stride 1, dilation 1, one group, no padding, and a batch of one. */
    public static Builder builder() {
        return new Builder();
    }

    private void requireDivides(String name, long channels) {
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    "groups: %d (expected: a divisor of %s, %d)".formatted(groups, name, channels));
        }
    }

    private static void requireBytesFit(String name, long... sizes) {
        try {
            long bytes = Float.BYTES;
            for (long size : sizes) {
                bytes = Math.multiplyExact(bytes, size);
            }
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + java.util.Arrays.toString(sizes)
                            + " (expected: a size in bytes that fits a long)",
                    overflow);
        }
    }

    /** Images, N; may be 0. */
    public long batch() {
        return batch;
    }

    /** Channels of the input, C. */
    public long inChannels() {
        return inChannels;
    }

    /** Channels of the output, O. */
    public long outChannels() {
        return outChannels;
    }

    /** Groups, G: output channels of a group see only the input channels of that group. */
    public long groups() {
        return groups;
    }

    /** C / G, the second size of the weights. */
    public long inChannelsPerGroup() {
        return inChannels / groups;
    }

    /** O / G. */
    public long outChannelsPerGroup() {
        return outChannels / groups;
    }

    /** Rows of the input, without padding. */
    public long inHeight() {
        return height.input();
    }

    /** Columns of the input, without padding. */
    public long inWidth() {
        return width.input();
    }

    /** Rows of the window. */
    public long kernelHeight() {
        return height.kernel();
    }

    /** Columns of the window. */
    public long kernelWidth() {
        return width.kernel();
    }

    /** Rows from one window to the next. */
    public long strideHeight() {
        return height.stride();
    }

    /** Columns from one window to the next. */
    public long strideWidth() {
        return width.stride();
    }

    /** Rows from one tap to the next. */
    public long dilationHeight() {
        return height.dilation();
    }

    /** Columns from one tap to the next. */
    public long dilationWidth() {
        return width.dilation();
    }

    /** The padding in pixels; {@link Padding#SAME} has become numbers here. */
    public Padding.Sides padding() {
        return new Padding.Sides(height.before(), width.before(), height.after(), width.after());
    }

    /** Rows of the output. */
    public long outHeight() {
        return height.output();
    }

    /** Columns of the output. */
    public long outWidth() {
        return width.output();
    }

    /** Output pixels of one image. */
    public long positions() {
        return height.output() * width.output();
    }

    /** Products in one output's sum: C/G · kernelHeight · kernelWidth. */
    public long productsPerOutput() {
        return inChannelsPerGroup() * height.kernel() * width.kernel();
    }

    /** Shape of the input, N×C×H×W; a new array. */
    public long[] inputShape() {
        return new long[] {batch, inChannels, height.input(), width.input()};
    }

    /** Shape of the weights, O×C/G×kernelHeight×kernelWidth; a new array. */
    public long[] weightShape() {
        return new long[] {outChannels, inChannelsPerGroup(), height.kernel(), width.kernel()};
    }

    /** Shape of the output, N×O×outHeight×outWidth; a new array. */
    public long[] outputShape() {
        return new long[] {batch, outChannels, height.output(), width.output()};
    }

    /** Whether the convolution is a product on the input itself: 1×1, stride 1, no padding. */
    public boolean isPointwise() {
        return height.isIdentity() && width.isIdentity();
    }

    /** The same of another number of images. */
    Conv2dGeometry withBatch(long images) {
        return images == batch
                ? this
                : builder()
                        .input(images, inChannels, height.input(), width.input())
                        .kernel(outChannels, height.kernel(), width.kernel())
                        .stride(height.stride(), width.stride())
                        .dilation(height.dilation(), width.dilation())
                        .padding(padding())
                        .groups(groups)
                        .build();
    }

    /** Floating-point operations of one image by the definition: two for each product. */
    long flops() {
        return (long) (2.0 * outChannels * positions() * productsPerOutput()); // or the largest
    }

    /** The outputs as a picture of their own under 1×1 windows: gathering it is im2col of these. */
    Conv2dGeometry ofOutputs() {
        return builder()
                .input(batch, outChannels, height.output(), width.output())
                .kernel(outChannels, 1, 1)
                .groups(groups)
                .build();
    }

    /** Whether the sides of all matrices fit the 32-bit integers of BLAS. */
    boolean fitsGemm() {
        return Math.max(inChannels, outChannels) <= Integer.MAX_VALUE
                && productsPerOutput() <= Integer.MAX_VALUE
                && positions() <= Integer.MAX_VALUE
                && height.input() * width.input() <= Integer.MAX_VALUE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Conv2dGeometry that
                && batch == that.batch
                && inChannels == that.inChannels
                && outChannels == that.outChannels
                && groups == that.groups
                && height.equals(that.height)
                && width.equals(that.width);
    }

    @Override
    public int hashCode() {
        return Objects.hash(batch, inChannels, outChannels, groups, height, width);
    }

    /** One line, for people: {@code 1×3×150×150 ∗ 32×3×7×7, stride 2×2 → 1×32×72×72}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(times(inputShape())).append(" ∗ ").append(times(weightShape()));
        if (height.stride() != 1 || width.stride() != 1) {
            text.append(", stride ").append(times(height.stride(), width.stride()));
        }
        if (height.dilation() != 1 || width.dilation() != 1) {
            text.append(", dilation ").append(times(height.dilation(), width.dilation()));
        }
        if (height.before() + height.after() + width.before() + width.after() != 0) {
            text.append(
                    ", padding top %d, left %d, bottom %d, right %d"
                            .formatted(
                                    height.before(),
                                    width.before(),
                                    height.after(),
                                    width.after()));
        }
        if (groups != 1) {
            text.append(", groups ").append(groups);
        }
        return text.append(" → ").append(times(outputShape())).toString();
    }

    private static String times(long... sizes) {
        return java.util.Arrays.stream(sizes)
                .mapToObj(Long::toString)
                .collect(java.util.stream.Collectors.joining("×"));
    }

    /** Collects sizes; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {
        private long batch = 1;
        private long inChannels;
        private long inHeight;
        private long inWidth;
        private long outChannels;
        private long kernelHeight;
        private long kernelWidth;
        private long strideHeight = 1;
        private long strideWidth = 1;
        private long dilationHeight = 1;
        private long dilationWidth = 1;
        private long groups = 1;
        private Padding padding = Padding.NONE;

        private Builder() {}

        /** Sizes of the input, N×C×H×W. */
        public Builder input(long batch, long channels, long height, long width) {
            this.batch = batch;
            this.inChannels = channels;
            this.inHeight = height;
            this.inWidth = width;
            return this;
        }

        /** Output channels and the size of the window. */
        public Builder kernel(long outChannels, long height, long width) {
            this.outChannels = outChannels;
            this.kernelHeight = height;
            this.kernelWidth = width;
            return this;
        }

        /** Distance between windows, at least 1. */
        public Builder stride(long height, long width) {
            this.strideHeight = height;
            this.strideWidth = width;
            return this;
        }

        /** Distance between taps, at least 1. */
        public Builder dilation(long height, long width) {
            this.dilationHeight = height;
            this.dilationWidth = width;
            return this;
        }

        /** Zeros around the input. */
        public Builder padding(Padding padding) {
            this.padding = Objects.requireNonNull(padding, "padding");
            return this;
        }

        /** Groups; must divide both channel counts. */
        public Builder groups(long groups) {
            this.groups = groups;
            return this;
        }

        private Padding.Sides sides() {
            return switch (padding) {
                case Padding.Sides sides -> sides;
                case Padding.Automatic.VALID -> new Padding.Sides(0, 0, 0, 0);
                case Padding.Automatic.SAME -> {
                    long vertical =
                            Padding.sameTotal(inHeight, kernelHeight, strideHeight, dilationHeight);
                    long horizontal =
                            Padding.sameTotal(inWidth, kernelWidth, strideWidth, dilationWidth);
                    yield new Padding.Sides(
                            vertical / 2,
                            horizontal / 2,
                            vertical - vertical / 2,
                            horizontal - horizontal / 2);
                }
            };
        }

        /**
         * The geometry.
         *
         * @throws IllegalArgumentException if a size is out of its range, groups do not divide the
         *     channels, the window does not fit the padded input, or a size overflows
         */
        public Conv2dGeometry build() {
            return new Conv2dGeometry(this);
        }
    }
}
