package io.strider.conv;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link DepthwiseLoops} without the Vector API. */
final class ScalarDepthwiseLoops implements DepthwiseLoops {

    @Override
    public void row(
            DepthwiseWindow window,
            int row,
            MemorySegment packed,
            long packedAt,
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            @Nullable MemorySegment residual,
            long residualAt,
            long residualPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            float low,
            float high) {
        int firstRow = window.firstRow(row);
        int top = DepthwiseWindow.firstTap(firstRow, window.dilationHeight, window.kernelHeight);
        int bottom =
                DepthwiseWindow.endTap(
                        firstRow, window.dilationHeight, window.kernelHeight, window.inHeight);
        for (int q = 0; q < window.outWidth; q++) {
            int column = window.firstColumn(q);
            int left = DepthwiseWindow.firstTap(column, window.dilationWidth, window.kernelWidth);
            int right =
                    DepthwiseWindow.endTap(
                            column, window.dilationWidth, window.kernelWidth, window.inWidth);
            for (int c = 0; c < window.channels; c++) {
                float sum = Runs.get(packed, packedAt + window.biasAt() + c);
                if (residual != null) {
                    sum += Runs.get(residual, residualAt + q * residualPixel + c);
                }
                for (int i = top; i < bottom; i++) {
                    long inRow = xAt + (firstRow + (long) i * window.dilationHeight) * xRow + c;
                    long weights = packedAt + (long) i * window.kernelWidth * window.pitch + c;
                    for (int j = left; j < right; j++) {
                        long at = inRow + (column + (long) j * window.dilationWidth) * xPixel;
                        sum +=
                                Runs.get(x, at)
                                        * Runs.get(packed, weights + (long) j * window.pitch);
                    }
                }
                Runs.set(y, yAt + q * yPixel + c, Math.min(Math.max(sum, low), high));
            }
        }
    }

    @Override
    public void gradients(
            DepthwiseWindow window,
            int row,
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            MemorySegment gy,
            long gyAt,
            long gyPixel,
            MemorySegment gradients,
            long gradientsAt) {
        int firstRow = window.firstRow(row);
        int top = DepthwiseWindow.firstTap(firstRow, window.dilationHeight, window.kernelHeight);
        int bottom =
                DepthwiseWindow.endTap(
                        firstRow, window.dilationHeight, window.kernelHeight, window.inHeight);
        for (int i = top; i < bottom; i++) {
            long inRow = xAt + (firstRow + (long) i * window.dilationHeight) * xRow;
            for (int j = 0; j < window.kernelWidth; j++) {
                long to = gradientsAt + ((long) i * window.kernelWidth + j) * window.pitch;
                int end = window.endOutputOf(j);
                for (int q = window.firstOutputOf(j); q < end; q++) {
                    long column = window.firstColumn(q) + (long) j * window.dilationWidth;
                    long from = inRow + column * xPixel;
                    long gradient = gyAt + q * gyPixel;
                    for (int c = 0; c < window.channels; c++) {
                        float product = Runs.get(x, from + c) * Runs.get(gy, gradient + c);
                        Runs.set(gradients, to + c, Runs.get(gradients, to + c) + product);
                    }
                }
            }
        }
    }
}
