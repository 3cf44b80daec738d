package io.strider.conv;

import io.strider.blas.Blas;
import java.util.Random;

/**
 * A convolution drawn from a seed: small, but of every kind. Two unequal axes; windows 1–5 × 1–7,
 * strides 1–4, dilation 1–3, four different paddings, some larger than the window; windows as large
 * as the padded input, single pixels, rows and columns; one group, some, or one a channel with
 * multipliers; batches of 0–4. About a sixth are 1×1 windows that POINTWISE can compute.
 */
record RandomGeometry(long seed, Conv2dGeometry geometry) {

    static RandomGeometry of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int groups;
        int inPerGroup;
        int outPerGroup;
        switch (random.nextInt(5)) {
            case 0 -> { // depthwise with a multiplier
                groups = random.nextInt(1, 10);
                inPerGroup = 1;
                outPerGroup = random.nextInt(1, 4);
            }
            case 1 -> {
                groups = random.nextInt(2, 4);
                inPerGroup = random.nextInt(1, 4);
                outPerGroup = random.nextInt(1, 4);
            }
            default -> {
                groups = 1;
                inPerGroup = random.nextInt(1, 10);
                outPerGroup = random.nextInt(1, 10);
            }
        }
        boolean pointwise = random.nextInt(6) == 0;
        Side height = pointwise ? Side.pointwise(random) : Side.of(random, 5);
        Side width = pointwise ? Side.pointwise(random) : Side.of(random, 7);
        int batch = random.nextInt(12) == 0 ? 0 : random.nextInt(1, 5);
        return new RandomGeometry(
                seed,
                Conv2dGeometry.builder()
                        .input(batch, groups * inPerGroup, height.input, width.input)
                        .kernel(groups * outPerGroup, height.kernel, width.kernel)
                        .stride(height.stride, width.stride)
                        .dilation(height.dilation, width.dilation)
                        .padding(Padding.of(height.before, width.before, height.after, width.after))
                        .groups(groups)
                        .build());
    }

    private record Side(int input, int kernel, int stride, int dilation, int before, int after) {

        static Side pointwise(Random random) {
            return new Side(random.nextInt(1, 12), 1, 1, 1, 0, 0);
        }

        static Side of(Random random, int largestKernel) {
            int kernel = random.nextInt(1, largestKernel + 1);
            int stride = random.nextInt(3) == 0 ? random.nextInt(1, 5) : random.nextInt(1, 3);
            int dilation = random.nextInt(3) == 0 ? random.nextInt(1, 4) : 1;
            int most =
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> kernel + 3; // whole windows in the padding
                        default -> kernel / 2 + 1;
                    };
            int before = random.nextInt(most + 1);
            int after = random.nextInt(most + 1);
            int extent = dilation * (kernel - 1) + 1;
            int smallest = Math.max(1, extent - before - after);
            int input =
                    switch (random.nextInt(5)) {
                        case 0 -> smallest; // often one window, or a single row
                        case 1 -> smallest + random.nextInt(3);
                        default -> smallest + random.nextInt(8);
                    };
            return new Side(input, kernel, stride, dilation, before, after);
        }
    }

    /** A convolution of these sizes, but for input and weights. */
    Conv2d convolution(Algorithm algorithm, Blas blas) {
        return convolution(geometry, algorithm, blas);
    }

    static Conv2d convolution(Conv2dGeometry geometry, Algorithm algorithm, Blas blas) {
        return Conv2d.builder()
                .stride(geometry.strideHeight(), geometry.strideWidth())
                .dilation(geometry.dilationHeight(), geometry.dilationWidth())
                .padding(geometry.padding())
                .groups(geometry.groups())
                .algorithm(algorithm)
                .blas(blas)
                .build();
    }

    /** As many integers from −4 to 4 as the shape has elements: sums of products are exact. */
    static float[] integers(Random random, long... shape) {
        float[] values = new float[count(shape)];
        for (int at = 0; at < values.length; at++) {
            values[at] = random.nextInt(-4, 5);
        }
        return values;
    }

    /** As many normal values as the shape has elements. */
    static float[] normals(Random random, long... shape) {
        float[] values = new float[count(shape)];
        for (int at = 0; at < values.length; at++) {
            values[at] = (float) random.nextGaussian();
        }
        return values;
    }

    private static int count(long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return Math.toIntExact(count);
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + geometry;
    }
}
