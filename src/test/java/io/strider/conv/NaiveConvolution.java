package io.strider.conv;

/**
 * The convolution's formula on plain {@code double} arrays: zeros are really added around the
 * input, and gradients are scattered into arrays as large, so that nothing of the library's index
 * arithmetic is used. Only the sizes come from the geometry. Arrays are row-major in the logical
 * order of the tensors.
 */
final class NaiveConvolution {
    private final int batch;
    private final int inChannels;
    private final int outChannels;
    private final int groups;
    private final int height;
    private final int width;
    private final int kernelHeight;
    private final int kernelWidth;
    private final int outHeight;
    private final int outWidth;
    private final Conv2dGeometry geometry;

    NaiveConvolution(Conv2dGeometry geometry) {
        this.geometry = geometry;
        batch = (int) geometry.batch();
        inChannels = (int) geometry.inChannels();
        outChannels = (int) geometry.outChannels();
        groups = (int) geometry.groups();
        Padding.Sides sides = geometry.padding();
        height = (int) (geometry.inHeight() + sides.top() + sides.bottom());
        width = (int) (geometry.inWidth() + sides.left() + sides.right());
        kernelHeight = (int) geometry.kernelHeight();
        kernelWidth = (int) geometry.kernelWidth();
        outHeight = (int) geometry.outHeight();
        outWidth = (int) geometry.outWidth();
    }

    /** The three indices of one product: of the padded input, the weights and the output. */
    private interface Product {
        void at(int padded, int weight, int output);
    }

    private void forEachProduct(Product product) {
        int inGroup = inChannels / groups;
        int outGroup = outChannels / groups;
        int strideHeight = (int) geometry.strideHeight();
        int strideWidth = (int) geometry.strideWidth();
        int dilationHeight = (int) geometry.dilationHeight();
        int dilationWidth = (int) geometry.dilationWidth();
        for (int n = 0; n < batch; n++) {
            for (int o = 0; o < outChannels; o++) {
                for (int p = 0; p < outHeight; p++) {
                    for (int q = 0; q < outWidth; q++) {
                        int output = ((n * outChannels + o) * outHeight + p) * outWidth + q;
                        for (int c = 0; c < inGroup; c++) {
                            int channel = o / outGroup * inGroup + c;
                            for (int i = 0; i < kernelHeight; i++) {
                                for (int j = 0; j < kernelWidth; j++) {
                                    int row = p * strideHeight + i * dilationHeight;
                                    int column = q * strideWidth + j * dilationWidth;
                                    product.at(
                                            ((n * inChannels + channel) * height + row) * width
                                                    + column,
                                            ((o * inGroup + c) * kernelHeight + i) * kernelWidth
                                                    + j,
                                            output);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /** The input with its zeros around it. */
    double[] padded(double[] x) {
        double[] padded = new double[batch * inChannels * height * width];
        copyInterior(x, padded, true);
        return padded;
    }

    private double[] interior(double[] padded) {
        int inHeight = (int) geometry.inHeight();
        int inWidth = (int) geometry.inWidth();
        double[] x = new double[batch * inChannels * inHeight * inWidth];
        copyInterior(x, padded, false);
        return x;
    }

    private void copyInterior(double[] x, double[] padded, boolean into) {
        int inHeight = (int) geometry.inHeight();
        int inWidth = (int) geometry.inWidth();
        int top = (int) geometry.padding().top();
        int left = (int) geometry.padding().left();
        for (int plane = 0; plane < batch * inChannels; plane++) {
            for (int row = 0; row < inHeight; row++) {
                int small = (plane * inHeight + row) * inWidth;
                int large = (plane * height + row + top) * width + left;
                System.arraycopy(
                        into ? x : padded,
                        into ? small : large,
                        into ? padded : x,
                        into ? large : small,
                        inWidth);
            }
        }
    }

    /** y, from a bias that may be empty for none. */
    double[] forward(double[] x, double[] w, double[] b) {
        double[] padded = padded(x);
        double[] y = new double[batch * outChannels * outHeight * outWidth];
        for (int at = 0; at < y.length && b.length > 0; at++) {
            y[at] = b[at / (outHeight * outWidth) % outChannels];
        }
        forEachProduct((xAt, wAt, yAt) -> y[yAt] += padded[xAt] * w[wAt]);
        return y;
    }

    double[] inputGradient(double[] w, double[] gy) {
        double[] padded = new double[batch * inChannels * height * width];
        forEachProduct((xAt, wAt, yAt) -> padded[xAt] += gy[yAt] * w[wAt]);
        return interior(padded);
    }

    double[] weightGradient(double[] x, double[] gy) {
        double[] padded = padded(x);
        double[] gw = new double[outChannels * (inChannels / groups) * kernelHeight * kernelWidth];
        forEachProduct((xAt, wAt, yAt) -> gw[wAt] += padded[xAt] * gy[yAt]);
        return gw;
    }

    double[] biasGradient(double[] gy) {
        double[] gb = new double[outChannels];
        for (int at = 0; at < gy.length; at++) {
            gb[at / (outHeight * outWidth) % outChannels] += gy[at];
        }
        return gb;
    }
}
