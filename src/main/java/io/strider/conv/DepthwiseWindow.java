package io.strider.conv;

/**
 * The sizes of a depthwise convolution of one picture, small enough to be counted with ints, and
 * where its weights are packed: one row of {@link #pitch} floats for each tap, (kernelHeight ·
 * kernelWidth) of them, then one of bias, then one of zeros. Rows are padded with zeros to a
 * multiple of 16 floats.
 *
 * <p>Windows that lie wholly in the padding are allowed, and so are negative paddings (a window
 * that begins inside the picture) and no taps at all: the gradient of the input comes to them.
 */
final class DepthwiseWindow {
    /** No padded side is longer, nor is anything else larger: ints hold sums of these. */
    private static final long MOST = 1 << 20;

    final int channels;
    final int pitch;
    final int kernelHeight;
    final int kernelWidth;
    final int strideHeight;
    final int strideWidth;
    final int dilationHeight;
    final int dilationWidth;
    final int top;
    final int left;
    final int inHeight;
    final int inWidth;
    final int outHeight;
    final int outWidth;

    /** Whether {@code geometry} is depthwise with a multiplier of 1, and of sizes that fit. */
    static boolean supports(Conv2dGeometry geometry) {
        return geometry.groups() == geometry.inChannels()
                && geometry.groups() == geometry.outChannels()
                && geometry.inChannels() <= MOST
                && fits(geometry.height)
                && fits(geometry.width);
    }

    /** Sums of these stay within an int. */
    private static boolean fits(Axis axis) {
        return axis.input() <= MOST
                && axis.before() <= MOST
                && axis.after() <= MOST
                && axis.input() + axis.before() + axis.after() <= MOST
                && axis.stride() <= MOST
                && axis.dilation() <= MOST;
    }

    /** Throws ArithmeticException unless all sizes fit an int: see {@link #supports}. */
    DepthwiseWindow(Axis height, Axis width, long channels) {
        this.channels = Math.toIntExact(channels);
        this.pitch = Math.toIntExact(pad(channels));
        this.kernelHeight = Math.toIntExact(height.kernel());
        this.kernelWidth = Math.toIntExact(width.kernel());
        this.strideHeight = Math.toIntExact(height.stride());
        this.strideWidth = Math.toIntExact(width.stride());
        this.dilationHeight = Math.toIntExact(height.dilation());
        this.dilationWidth = Math.toIntExact(width.dilation());
        this.top = Math.toIntExact(height.before());
        this.left = Math.toIntExact(width.before());
        this.inHeight = Math.toIntExact(height.input());
        this.inWidth = Math.toIntExact(width.input());
        this.outHeight = Math.toIntExact(height.output());
        this.outWidth = Math.toIntExact(width.output());
    }

    static long pad(long channels) {
        return Math.ceilDiv(channels, Epilogue.PADDING) * Epilogue.PADDING;
    }

    /** Floats of weights, bias and zeros. */
    long packedFloats() {
        return (kernelHeight * (long) kernelWidth + 2) * pitch;
    }

    /** Where the bias stands, relative to the first weight. */
    long biasAt() {
        return kernelHeight * (long) kernelWidth * pitch;
    }

    /** Where the zeros stand, relative to the first weight. */
    long zerosAt() {
        return biasAt() + pitch;
    }

    /** The row of the input under the first tap of the windows of output row {@code row}. */
    int firstRow(int row) {
        return row * strideHeight - top;
    }

    /** One behind the row of the input under the last tap of the windows of {@code row}. */
    int endRow(int row) {
        return firstRow(row) + (kernelHeight - 1) * dilationHeight + 1;
    }

    /** The column of the input under the first tap of window {@code column}. */
    int firstColumn(int column) {
        return column * strideWidth - left;
    }

    /** The first tap, of those that begin at {@code first}, that lies inside the picture. */
    static int firstTap(int first, int dilation, int taps) {
        return Math.min(taps, first >= 0 ? 0 : Math.ceilDiv(-first, dilation));
    }

    /** One behind the last tap inside the picture; not below {@link #firstTap}'s value. */
    static int endTap(int first, int dilation, int taps, int input) {
        int end = first >= input ? 0 : Math.min(taps, (input - 1 - first) / dilation + 1);
        return Math.max(end, firstTap(first, dilation, taps));
    }

    /** The first output whose window begins no more than {@code -column} columns outside. */
    int firstOutput(int column) {
        return Math.clamp(Math.ceilDiv((long) left + column, strideWidth), 0, outWidth);
    }

    /** One behind the last output whose window ends no more than {@code beyond} columns outside. */
    int endOutput(int beyond) {
        long last = (long) inWidth - 1 + beyond + left - (kernelWidth - 1L) * dilationWidth;
        return Math.clamp(Math.floorDiv(last, (long) strideWidth) + 1, 0, outWidth);
    }

    /**
     * The first output whose tap {@code tap} of a row lies on or behind the input's first column.
     */
    int firstOutputOf(int tap) {
        return Math.clamp(
                Math.ceilDiv((long) left - (long) tap * dilationWidth, (long) strideWidth),
                0,
                outWidth);
    }

    /** One behind the last output whose tap {@code tap} of a row lies in the input. */
    int endOutputOf(int tap) {
        return Math.clamp(
                Math.ceilDiv(
                        (long) inWidth + left - (long) tap * dilationWidth, (long) strideWidth),
                0,
                outWidth);
    }
}
