package io.strider.conv;

import java.util.Random;

/**
 * A depthwise convolution drawn from a seed: unequal axes, windows from 1×1 to 7×5, strides and
 * dilation 1–3, four different paddings of up to 4, windows larger than the picture, 1–70 channels,
 * batches of 0–3. Half of them are 3 or 5 taps wide at stride 1 or 2, which have loops of their
 * own, and wide enough for several tiles.
 */
record DepthwiseCase(long seed, Conv2dGeometry geometry) {

    static DepthwiseCase of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        boolean usual = random.nextBoolean();
        int kernelHeight = random.nextInt(1, 8);
        int kernelWidth = usual ? (random.nextBoolean() ? 3 : 5) : random.nextInt(1, 6);
        int dilationHeight = random.nextInt(3) == 0 ? random.nextInt(1, 4) : 1;
        int dilationWidth = !usual && random.nextInt(2) == 0 ? random.nextInt(1, 4) : 1;
        int strideWidth = usual ? random.nextInt(1, 3) : random.nextInt(1, 4);
        int padding = random.nextInt(3) == 0 ? 5 : 3;
        Padding.Sides sides =
                new Padding.Sides(
                        random.nextInt(padding),
                        random.nextInt(padding),
                        random.nextInt(padding),
                        random.nextInt(padding));
        int height =
                smallest(kernelHeight, dilationHeight, sides.top() + sides.bottom())
                        + random.nextInt(9);
        int width =
                smallest(kernelWidth, dilationWidth, sides.left() + sides.right())
                        + random.nextInt(usual ? 40 : 25);
        int channels = random.nextInt(4) == 0 ? 16 * random.nextInt(1, 5) : random.nextInt(1, 71);
        int batch = random.nextInt(12) == 0 ? 0 : random.nextInt(1, 4);
        return new DepthwiseCase(
                seed,
                Conv2dGeometry.builder()
                        .input(batch, channels, height, width)
                        .kernel(channels, kernelHeight, kernelWidth)
                        .stride(random.nextInt(1, 4), strideWidth)
                        .dilation(dilationHeight, dilationWidth)
                        .padding(sides)
                        .groups(channels)
                        .build());
    }

    private static int smallest(int kernel, int dilation, long padding) {
        return (int) Math.max(1, dilation * (kernel - 1) + 1 - padding);
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + geometry;
    }
}
