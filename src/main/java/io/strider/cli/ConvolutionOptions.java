package io.strider.cli;

import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.conv.Padding;
import picocli.CommandLine.Option;

/** How the window walks over the picture: options that all commands on tensors share. */
final class ConvolutionOptions {
    @Option(
            names = "--stride",
            paramLabel = "<h,w>",
            converter = HeightAndWidth.Converter.class,
            description = "Pixels from one window to the next, one or two numbers. Default: 1,1.")
    private HeightAndWidth stride = new HeightAndWidth(1, 1);

    @Option(
            names = "--padding",
            paramLabel = "<t,l,b,r>",
            converter = PaddingConverter.class,
            description = {
                "Rows and columns of zeros around the input: top,left,bottom,right, or vertical,horizontal,"
                        + " or one number for all sides.",
                "Also: same (as many as it takes for an output of input / stride, the odd one below and"
                        + " to the right) or valid (none). Default: 0,0,0,0."
            })
    private Padding padding = Padding.NONE;

    @Option(
            names = "--dilation",
            paramLabel = "<h,w>",
            converter = HeightAndWidth.Converter.class,
            description = "Pixels from one tap to the next, one or two numbers. Default: 1,1.")
    private HeightAndWidth dilation = new HeightAndWidth(1, 1);

    /** A convolution with these options set. */
    Conv2d.Builder convolution() {
        return Conv2d.builder()
                .stride(stride.height(), stride.width())
                .padding(padding)
                .dilation(dilation.height(), dilation.width());
    }

    /** The sizes for a picture and a window; the output channels have no say in its patches. */
    Conv2dGeometry patches(long[] inputShape, HeightAndWidth kernel) {
        return Conv2dGeometry.builder()
                .input(inputShape[0], inputShape[1], inputShape[2], inputShape[3])
                .kernel(1, kernel.height(), kernel.width())
                .stride(stride.height(), stride.width())
                .padding(padding)
                .dilation(dilation.height(), dilation.width())
                .build();
    }
}
