package io.strider.benchmark;

import io.strider.conv.Conv2dGeometry;
import io.strider.conv.Padding;

/**
 * A convolution layer of a network, without its batch. Kernels, strides, paddings and pictures are
 * square, as in all the networks measured.
 *
 * @param name stable and readable, such as {@code resnet50.3x3s2.128.56}: network, window and
 *     stride, channels (in-out if they differ), height of the input
 */
record Shape(
        String name,
        int inChannels,
        int outChannels,
        int kernel,
        int stride,
        int padding,
        int groups,
        int size) {

    static Shape dense(
            String network, int kernel, int stride, int padding, int in, int out, int size) {
        String name =
                "%s.%dx%d%s.%s.%d"
                        .formatted(
                                network,
                                kernel,
                                kernel,
                                stride == 1 ? "" : "s" + stride,
                                in == out ? "" + in : in + "-" + out,
                                size);
        return new Shape(name, in, out, kernel, stride, padding, 1, size);
    }

    static Shape depthwise(String network, int kernel, int stride, int channels, int size) {
        String name =
                "%s.dw%dx%d%s.%d.%d"
                        .formatted(
                                network,
                                kernel,
                                kernel,
                                stride == 1 ? "" : "s" + stride,
                                channels,
                                size);
        return new Shape(name, channels, channels, kernel, stride, kernel / 2, channels, size);
    }

    /** The network it is from, and the group's name on the command line. */
    String network() {
        return name.substring(0, name.indexOf('.'));
    }

    boolean isDepthwise() {
        return groups > 1;
    }

    boolean isPointwise() {
        return kernel == 1;
    }

    int outSize() {
        return (size + 2 * padding - kernel) / stride + 1;
    }

    long[] inputShape(int batch) {
        return new long[] {batch, inChannels, size, size};
    }

    long[] weightShape() {
        return new long[] {outChannels, inChannels / groups, kernel, kernel};
    }

    long[] outputShape(int batch) {
        return new long[] {batch, outChannels, outSize(), outSize()};
    }

    /** Floating-point operations of the direct formula: 2·MACs, taps on the padding counted. */
    double flops(int batch) {
        return 2.0
                * batch
                * outChannels
                * outSize()
                * outSize()
                * (inChannels / groups)
                * kernel
                * kernel;
    }

    Conv2dGeometry geometry(int batch) {
        return Conv2dGeometry.builder()
                .input(batch, inChannels, size, size)
                .kernel(outChannels, kernel, kernel)
                .stride(stride, stride)
                .padding(Padding.of(padding, padding))
                .groups(groups)
                .build();
    }
}
