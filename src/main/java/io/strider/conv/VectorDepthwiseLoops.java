package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link DepthwiseLoops} by the Vector API.
 *
 * <p>A tile is {@value #TILE} neighbouring outputs of a row: their sums for one vector of channels
 * stay in registers while the taps go by. A row of taps reads each column of the input once and
 * each weight once, 9 + 3 loads for 21 multiply-adds where the window is 3×3. Columns in the
 * padding are read from the picture's edge and blended away, so that whole rows are tiles: the
 * widths of most networks, 112, 56, 28, 14 and 7, divide by seven.
 *
 * <p>All tiles of a row are one call. A call for each tile was compiled after 0.4 s of work instead
 * of 1.2 (until then vectors are objects on the heap), but cost 5 % where channels are many and 30
 * % where they are 32.
 *
 * <p>A last tile or block of channels that would stick out is shifted back and computes some
 * outputs twice. With a residual, which may be y itself, single pixels do the rest.
 */
final class VectorDepthwiseLoops implements DepthwiseLoops {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int TILE = 7;

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
        int firstTap =
                DepthwiseWindow.firstTap(firstRow, window.dilationHeight, window.kernelHeight);
        int endTap =
                DepthwiseWindow.endTap(
                        firstRow, window.dilationHeight, window.kernelHeight, window.inHeight);
        long pixel = xPixel * Float.BYTES;
        long tapRow = xRow * window.dilationHeight * Float.BYTES;
        long rowAt =
                (xAt + (firstRow + (long) firstTap * window.dilationHeight) * xRow) * Float.BYTES;
        long pitch = (long) window.pitch * Float.BYTES;
        long bias = (packedAt + window.biasAt()) * Float.BYTES;
        long weights = packedAt * Float.BYTES + (long) firstTap * window.kernelWidth * pitch;
        MemorySegment seed = residual == null ? packed : residual;
        long seedAt = (residual == null ? packedAt + window.zerosAt() : residualAt) * Float.BYTES;
        long seedPixel = residual == null ? 0 : residualPixel * Float.BYTES;
        long at = yAt * Float.BYTES;
        long step = yPixel * Float.BYTES;
        int taps = endTap - firstTap;

        boolean again = residual == null;
        int channels =
                again || window.channels < LANES
                        ? window.channels
                        : window.channels / LANES * LANES;
        int edge = edge(window, residual != null);
        int from = window.firstOutput(-edge);
        int end = Math.max(from, window.endOutput(edge));
        int outputs = channels < LANES ? 0 : end - from;
        outputs = outputs < TILE ? 0 : again ? outputs : outputs / TILE * TILE;
        end = from + outputs;
        if (outputs > 0) {
            long seeds = seedAt + from * seedPixel;
            long sums = at + from * step;
            int column = window.firstColumn(from);
            int kind = edge == 0 ? 0 : window.kernelWidth * 10 + window.strideWidth;
            switch (kind) {
                case 31 ->
                        VectorThreeTaps.tiles(
                                x,
                                rowAt,
                                tapRow,
                                pixel,
                                column,
                                window.inWidth,
                                taps,
                                packed,
                                weights,
                                pitch,
                                bias,
                                y,
                                sums,
                                step,
                                outputs,
                                channels,
                                low,
                                high);
                case 32 ->
                        VectorThreeTaps.tilesOfStrideTwo(
                                x,
                                rowAt,
                                tapRow,
                                pixel,
                                column,
                                window.inWidth,
                                taps,
                                packed,
                                weights,
                                pitch,
                                bias,
                                y,
                                sums,
                                step,
                                outputs,
                                channels,
                                low,
                                high);
                case 51 ->
                        VectorFiveTaps.tiles(
                                x,
                                rowAt,
                                tapRow,
                                pixel,
                                column,
                                window.inWidth,
                                taps,
                                packed,
                                weights,
                                pitch,
                                bias,
                                seed,
                                seeds,
                                seedPixel,
                                y,
                                sums,
                                step,
                                outputs,
                                channels,
                                low,
                                high);
                default ->
                        VectorAnyTaps.tiles(
                                x,
                                rowAt + column * pixel,
                                tapRow,
                                window.dilationWidth * pixel,
                                window.strideWidth * pixel,
                                taps,
                                window.kernelWidth,
                                packed,
                                weights,
                                pitch,
                                bias,
                                seed,
                                seeds,
                                seedPixel,
                                y,
                                sums,
                                step,
                                outputs,
                                channels,
                                low,
                                high);
            }
        }
        for (int q = 0; q < window.outWidth; q++) {
            int first = q >= from && q < end ? channels : 0;
            if (first == window.channels) {
                q = end - 1;
                continue;
            }
            int column = window.firstColumn(q);
            int firstColumnTap =
                    DepthwiseWindow.firstTap(column, window.dilationWidth, window.kernelWidth);
            int endColumnTap =
                    DepthwiseWindow.endTap(
                            column, window.dilationWidth, window.kernelWidth, window.inWidth);
            long xFirst = rowAt + (column + (long) firstColumnTap * window.dilationWidth) * pixel;
            VectorPixel.compute(
                    x,
                    xFirst,
                    tapRow,
                    window.dilationWidth * pixel,
                    taps,
                    endColumnTap - firstColumnTap,
                    packed,
                    weights + firstColumnTap * pitch,
                    window.kernelWidth * pitch,
                    pitch,
                    bias,
                    seed,
                    seedAt + q * seedPixel,
                    y,
                    at + q * step,
                    first,
                    window.channels,
                    low,
                    high);
        }
    }

    /**
     * Columns in the padding that tiles of this window bear at either side; less than 0 if it has
     * none of its own. A residual is rare here, and loading zeros in its stead took a tenth of the
     * time of three taps.
     */
    private static int edge(DepthwiseWindow window, boolean withResidual) {
        boolean special =
                window.dilationWidth == 1
                        && ((window.kernelWidth == 3 && window.strideWidth <= 2 && !withResidual)
                                || (window.kernelWidth == 5 && window.strideWidth == 1));
        return special ? window.kernelWidth / 2 : 0;
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
                int first = window.firstOutputOf(j);
                int outputs = window.endOutputOf(j) - first;
                if (outputs <= 0) {
                    continue;
                }
                long column = window.firstColumn(first) + (long) j * window.dilationWidth;
                gradientsOfTap(
                        x,
                        (inRow + column * xPixel) * Float.BYTES,
                        xPixel * window.strideWidth * Float.BYTES,
                        gy,
                        (gyAt + first * gyPixel) * Float.BYTES,
                        gyPixel * Float.BYTES,
                        outputs,
                        gradients,
                        (gradientsAt + ((long) i * window.kernelWidth + j) * window.pitch)
                                * Float.BYTES,
                        window.channels);
            }
        }
    }

    private static void gradientsOfTap(
            MemorySegment x,
            long xAt,
            long xStep,
            MemorySegment gy,
            long gyAt,
            long gyStep,
            int outputs,
            MemorySegment gradients,
            long gradientsAt,
            int channels) {
        int whole = S.loopBound(channels);
        for (int block = 0; block < whole; block += LANES) {
            long c = (long) block * Float.BYTES;
            FloatVector s0 = FloatVector.fromMemorySegment(S, gradients, gradientsAt + c, ORDER);
            FloatVector s1 = FloatVector.zero(S);
            FloatVector s2 = s1;
            FloatVector s3 = s1;
            long v = xAt + c;
            long g = gyAt + c;
            int q = 0;
            for (; q <= outputs - 4; q += 4) {
                s0 =
                        FloatVector.fromMemorySegment(S, x, v, ORDER)
                                .fma(FloatVector.fromMemorySegment(S, gy, g, ORDER), s0);
                s1 =
                        FloatVector.fromMemorySegment(S, x, v + xStep, ORDER)
                                .fma(FloatVector.fromMemorySegment(S, gy, g + gyStep, ORDER), s1);
                s2 =
                        FloatVector.fromMemorySegment(S, x, v + 2 * xStep, ORDER)
                                .fma(
                                        FloatVector.fromMemorySegment(S, gy, g + 2 * gyStep, ORDER),
                                        s2);
                s3 =
                        FloatVector.fromMemorySegment(S, x, v + 3 * xStep, ORDER)
                                .fma(
                                        FloatVector.fromMemorySegment(S, gy, g + 3 * gyStep, ORDER),
                                        s3);
                v += 4 * xStep;
                g += 4 * gyStep;
            }
            for (; q < outputs; q++) {
                s0 =
                        FloatVector.fromMemorySegment(S, x, v, ORDER)
                                .fma(FloatVector.fromMemorySegment(S, gy, g, ORDER), s0);
                v += xStep;
                g += gyStep;
            }
            s0.add(s1).add(s2.add(s3)).intoMemorySegment(gradients, gradientsAt + c, ORDER);
        }
        if (whole < channels) {
            VectorMask<Float> mask = S.indexInRange(whole, channels);
            long c = (long) whole * Float.BYTES;
            FloatVector sum = FloatVector.fromMemorySegment(S, gradients, gradientsAt + c, ORDER);
            for (int q = 0; q < outputs; q++) {
                sum =
                        FloatVector.fromMemorySegment(S, x, xAt + q * xStep + c, ORDER, mask)
                                .fma(
                                        FloatVector.fromMemorySegment(
                                                S, gy, gyAt + q * gyStep + c, ORDER, mask),
                                        sum);
            }
            sum.intoMemorySegment(gradients, gradientsAt + c, ORDER);
        }
    }
}
