package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
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
        int edge = edge(window);
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
                        tiles3x1(
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
                case 32 ->
                        tiles3x2(
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
                case 51 ->
                        tiles5x1(
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
                        tiles(
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
            pixel(
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
     * none of its own.
     */
    private static int edge(DepthwiseWindow window) {
        boolean special =
                window.dilationWidth == 1
                        && ((window.kernelWidth == 3 && window.strideWidth <= 2)
                                || (window.kernelWidth == 5 && window.strideWidth == 1));
        return special ? window.kernelWidth / 2 : 0;
    }

    private static void pixel(
            MemorySegment x,
            long xAt,
            long xRow,
            long xTap,
            int taps,
            int rowTaps,
            MemorySegment packed,
            long packedAt,
            long rowPitch,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            MemorySegment y,
            long yAt,
            int from,
            int end,
            float low,
            float high) {
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        int channel = from;
        for (; channel <= end - 4 * LANES; channel += 4 * LANES) {
            long c = (long) channel * Float.BYTES;
            long next = (long) LANES * Float.BYTES;
            FloatVector y0 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c, ORDER)
                            .add(FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER));
            FloatVector y1 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c + next, ORDER)
                            .add(
                                    FloatVector.fromMemorySegment(
                                            S, packed, biasAt + c + next, ORDER));
            FloatVector y2 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c + 2 * next, ORDER)
                            .add(
                                    FloatVector.fromMemorySegment(
                                            S, packed, biasAt + c + 2 * next, ORDER));
            FloatVector y3 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c + 3 * next, ORDER)
                            .add(
                                    FloatVector.fromMemorySegment(
                                            S, packed, biasAt + c + 3 * next, ORDER));
            for (int i = 0; i < taps; i++) {
                long w = packedAt + i * rowPitch + c;
                long v = xAt + i * xRow + c;
                for (int j = 0; j < rowTaps; j++) {
                    y0 =
                            FloatVector.fromMemorySegment(S, x, v, ORDER)
                                    .fma(FloatVector.fromMemorySegment(S, packed, w, ORDER), y0);
                    y1 =
                            FloatVector.fromMemorySegment(S, x, v + next, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, packed, w + next, ORDER),
                                            y1);
                    y2 =
                            FloatVector.fromMemorySegment(S, x, v + 2 * next, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, packed, w + 2 * next, ORDER),
                                            y2);
                    y3 =
                            FloatVector.fromMemorySegment(S, x, v + 3 * next, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, packed, w + 3 * next, ORDER),
                                            y3);
                    w += pitch;
                    v += xTap;
                }
            }
            y0 = y0.blend(lows, y0.lt(lows));
            y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c, ORDER);
            y1 = y1.blend(lows, y1.lt(lows));
            y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c + next, ORDER);
            y2 = y2.blend(lows, y2.lt(lows));
            y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c + 2 * next, ORDER);
            y3 = y3.blend(lows, y3.lt(lows));
            y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c + 3 * next, ORDER);
        }
        if (channel < end) {
            rest(
                    x, xAt, xRow, xTap, taps, rowTaps, packed, packedAt, rowPitch, pitch, biasAt,
                    seed, seedAt, y, yAt, channel, end, low, high);
        }
    }

    /** Less than four vectors of channels, the last one in part. */
    private static void rest(
            MemorySegment x,
            long xAt,
            long xRow,
            long xTap,
            int taps,
            int rowTaps,
            MemorySegment packed,
            long packedAt,
            long rowPitch,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            MemorySegment y,
            long yAt,
            int from,
            int end,
            float low,
            float high) {
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        int channel = from;
        for (; channel <= end - LANES; channel += LANES) {
            long c = (long) channel * Float.BYTES;
            FloatVector sum =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c, ORDER)
                            .add(FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER));
            for (int i = 0; i < taps; i++) {
                long w = packedAt + i * rowPitch + c;
                long v = xAt + i * xRow + c;
                for (int j = 0; j < rowTaps; j++) {
                    sum =
                            FloatVector.fromMemorySegment(S, x, v, ORDER)
                                    .fma(FloatVector.fromMemorySegment(S, packed, w, ORDER), sum);
                    w += pitch;
                    v += xTap;
                }
            }
            sum = sum.blend(lows, sum.lt(lows));
            sum.blend(highs, sum.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c, ORDER);
        }
        if (channel < end) {
            VectorMask<Float> mask = S.indexInRange(channel, end);
            long c = (long) channel * Float.BYTES;
            FloatVector sum =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c, ORDER, mask)
                            .add(FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER));
            for (int i = 0; i < taps; i++) {
                long w = packedAt + i * rowPitch + c;
                long v = xAt + i * xRow + c;
                for (int j = 0; j < rowTaps; j++) {
                    sum =
                            FloatVector.fromMemorySegment(S, x, v, ORDER, mask)
                                    .fma(FloatVector.fromMemorySegment(S, packed, w, ORDER), sum);
                    w += pitch;
                    v += xTap;
                }
            }
            sum = sum.blend(lows, sum.lt(lows));
            sum.blend(highs, sum.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c, ORDER, mask);
        }
    }

    /** 3 taps a row, stride 1: 9 columns of the input make a tile of 7 outputs. */
    private static void tiles3x1(
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            int firstColumn,
            int width,
            int taps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            long seedPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        long tap = pitch;
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            int column = firstColumn + tile * 1;
            VectorMask<Float> out0 = S.maskAll(column + 0 < 0);
            long at0 = Math.max(column + 0, 0) * xPixel;
            VectorMask<Float> out8 = S.maskAll(column + 8 >= width);
            long at8 = Math.min(column + 8, width - 1) * xPixel;
            long inside = xAt + (column + 1) * xPixel;
            long seeds = seedAt + tile * seedPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector w = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y0 = FloatVector.fromMemorySegment(S, seed, seeds + c, ORDER).add(w);
                FloatVector y1 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 1 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y2 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 2 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y3 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 3 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y4 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 4 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y5 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 5 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y6 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 6 * seedPixel + c, ORDER)
                                .add(w);
                long weights = packedAt + c;
                long row = c;
                for (int i = 0; i < taps; i++) {
                    FloatVector w0 = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                    FloatVector w1 =
                            FloatVector.fromMemorySegment(S, packed, weights + 1 * tap, ORDER);
                    FloatVector w2 =
                            FloatVector.fromMemorySegment(S, packed, weights + 2 * tap, ORDER);
                    FloatVector v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at0, ORDER)
                                    .blend(zero, out0);
                    y0 = v.fma(w0, y0);
                    v = FloatVector.fromMemorySegment(S, x, inside + row, ORDER);
                    y0 = v.fma(w1, y0);
                    y1 = v.fma(w0, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 1 * xPixel, ORDER);
                    y0 = v.fma(w2, y0);
                    y1 = v.fma(w1, y1);
                    y2 = v.fma(w0, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 2 * xPixel, ORDER);
                    y1 = v.fma(w2, y1);
                    y2 = v.fma(w1, y2);
                    y3 = v.fma(w0, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 3 * xPixel, ORDER);
                    y2 = v.fma(w2, y2);
                    y3 = v.fma(w1, y3);
                    y4 = v.fma(w0, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 4 * xPixel, ORDER);
                    y3 = v.fma(w2, y3);
                    y4 = v.fma(w1, y4);
                    y5 = v.fma(w0, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 5 * xPixel, ORDER);
                    y4 = v.fma(w2, y4);
                    y5 = v.fma(w1, y5);
                    y6 = v.fma(w0, y6);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 6 * xPixel, ORDER);
                    y5 = v.fma(w2, y5);
                    y6 = v.fma(w1, y6);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at8, ORDER)
                                    .blend(zero, out8);
                    y6 = v.fma(w2, y6);
                    weights += 3 * tap;
                    row += xRow;
                }
                long at = sums + c;
                y0 = y0.blend(lows, y0.lt(lows));
                y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at, ORDER);
                y1 = y1.blend(lows, y1.lt(lows));
                y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 1 * yPixel, ORDER);
                y2 = y2.blend(lows, y2.lt(lows));
                y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 2 * yPixel, ORDER);
                y3 = y3.blend(lows, y3.lt(lows));
                y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 3 * yPixel, ORDER);
                y4 = y4.blend(lows, y4.lt(lows));
                y4.blend(highs, y4.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 4 * yPixel, ORDER);
                y5 = y5.blend(lows, y5.lt(lows));
                y5.blend(highs, y5.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 5 * yPixel, ORDER);
                y6 = y6.blend(lows, y6.lt(lows));
                y6.blend(highs, y6.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 6 * yPixel, ORDER);
            }
        }
    }

    /** 3 taps a row, stride 2: 15 columns of the input make a tile of 7 outputs. */
    private static void tiles3x2(
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            int firstColumn,
            int width,
            int taps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            long seedPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        long tap = pitch;
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            int column = firstColumn + tile * 2;
            VectorMask<Float> out0 = S.maskAll(column + 0 < 0);
            long at0 = Math.max(column + 0, 0) * xPixel;
            VectorMask<Float> out14 = S.maskAll(column + 14 >= width);
            long at14 = Math.min(column + 14, width - 1) * xPixel;
            long inside = xAt + (column + 1) * xPixel;
            long seeds = seedAt + tile * seedPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector w = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y0 = FloatVector.fromMemorySegment(S, seed, seeds + c, ORDER).add(w);
                FloatVector y1 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 1 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y2 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 2 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y3 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 3 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y4 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 4 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y5 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 5 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y6 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 6 * seedPixel + c, ORDER)
                                .add(w);
                long weights = packedAt + c;
                long row = c;
                for (int i = 0; i < taps; i++) {
                    FloatVector w0 = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                    FloatVector w1 =
                            FloatVector.fromMemorySegment(S, packed, weights + 1 * tap, ORDER);
                    FloatVector w2 =
                            FloatVector.fromMemorySegment(S, packed, weights + 2 * tap, ORDER);
                    FloatVector v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at0, ORDER)
                                    .blend(zero, out0);
                    y0 = v.fma(w0, y0);
                    v = FloatVector.fromMemorySegment(S, x, inside + row, ORDER);
                    y0 = v.fma(w1, y0);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 1 * xPixel, ORDER);
                    y0 = v.fma(w2, y0);
                    y1 = v.fma(w0, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 2 * xPixel, ORDER);
                    y1 = v.fma(w1, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 3 * xPixel, ORDER);
                    y1 = v.fma(w2, y1);
                    y2 = v.fma(w0, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 4 * xPixel, ORDER);
                    y2 = v.fma(w1, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 5 * xPixel, ORDER);
                    y2 = v.fma(w2, y2);
                    y3 = v.fma(w0, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 6 * xPixel, ORDER);
                    y3 = v.fma(w1, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 7 * xPixel, ORDER);
                    y3 = v.fma(w2, y3);
                    y4 = v.fma(w0, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 8 * xPixel, ORDER);
                    y4 = v.fma(w1, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 9 * xPixel, ORDER);
                    y4 = v.fma(w2, y4);
                    y5 = v.fma(w0, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 10 * xPixel, ORDER);
                    y5 = v.fma(w1, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 11 * xPixel, ORDER);
                    y5 = v.fma(w2, y5);
                    y6 = v.fma(w0, y6);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 12 * xPixel, ORDER);
                    y6 = v.fma(w1, y6);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at14, ORDER)
                                    .blend(zero, out14);
                    y6 = v.fma(w2, y6);
                    weights += 3 * tap;
                    row += xRow;
                }
                long at = sums + c;
                y0 = y0.blend(lows, y0.lt(lows));
                y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at, ORDER);
                y1 = y1.blend(lows, y1.lt(lows));
                y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 1 * yPixel, ORDER);
                y2 = y2.blend(lows, y2.lt(lows));
                y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 2 * yPixel, ORDER);
                y3 = y3.blend(lows, y3.lt(lows));
                y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 3 * yPixel, ORDER);
                y4 = y4.blend(lows, y4.lt(lows));
                y4.blend(highs, y4.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 4 * yPixel, ORDER);
                y5 = y5.blend(lows, y5.lt(lows));
                y5.blend(highs, y5.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 5 * yPixel, ORDER);
                y6 = y6.blend(lows, y6.lt(lows));
                y6.blend(highs, y6.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 6 * yPixel, ORDER);
            }
        }
    }

    /** 5 taps a row, stride 1: 11 columns of the input make a tile of 7 outputs. */
    private static void tiles5x1(
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            int firstColumn,
            int width,
            int taps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            long seedPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        long tap = pitch;
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            int column = firstColumn + tile * 1;
            VectorMask<Float> out0 = S.maskAll(column + 0 < 0);
            long at0 = Math.max(column + 0, 0) * xPixel;
            VectorMask<Float> out1 = S.maskAll(column + 1 < 0);
            long at1 = Math.max(column + 1, 0) * xPixel;
            VectorMask<Float> out9 = S.maskAll(column + 9 >= width);
            long at9 = Math.min(column + 9, width - 1) * xPixel;
            VectorMask<Float> out10 = S.maskAll(column + 10 >= width);
            long at10 = Math.min(column + 10, width - 1) * xPixel;
            long inside = xAt + (column + 2) * xPixel;
            long seeds = seedAt + tile * seedPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector w = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y0 = FloatVector.fromMemorySegment(S, seed, seeds + c, ORDER).add(w);
                FloatVector y1 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 1 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y2 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 2 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y3 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 3 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y4 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 4 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y5 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 5 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y6 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 6 * seedPixel + c, ORDER)
                                .add(w);
                long weights = packedAt + c;
                long row = c;
                for (int i = 0; i < taps; i++) {
                    FloatVector w0 = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                    FloatVector w1 =
                            FloatVector.fromMemorySegment(S, packed, weights + 1 * tap, ORDER);
                    FloatVector w2 =
                            FloatVector.fromMemorySegment(S, packed, weights + 2 * tap, ORDER);
                    FloatVector w3 =
                            FloatVector.fromMemorySegment(S, packed, weights + 3 * tap, ORDER);
                    FloatVector w4 =
                            FloatVector.fromMemorySegment(S, packed, weights + 4 * tap, ORDER);
                    FloatVector v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at0, ORDER)
                                    .blend(zero, out0);
                    y0 = v.fma(w0, y0);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at1, ORDER)
                                    .blend(zero, out1);
                    y0 = v.fma(w1, y0);
                    y1 = v.fma(w0, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row, ORDER);
                    y0 = v.fma(w2, y0);
                    y1 = v.fma(w1, y1);
                    y2 = v.fma(w0, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 1 * xPixel, ORDER);
                    y0 = v.fma(w3, y0);
                    y1 = v.fma(w2, y1);
                    y2 = v.fma(w1, y2);
                    y3 = v.fma(w0, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 2 * xPixel, ORDER);
                    y0 = v.fma(w4, y0);
                    y1 = v.fma(w3, y1);
                    y2 = v.fma(w2, y2);
                    y3 = v.fma(w1, y3);
                    y4 = v.fma(w0, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 3 * xPixel, ORDER);
                    y1 = v.fma(w4, y1);
                    y2 = v.fma(w3, y2);
                    y3 = v.fma(w2, y3);
                    y4 = v.fma(w1, y4);
                    y5 = v.fma(w0, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 4 * xPixel, ORDER);
                    y2 = v.fma(w4, y2);
                    y3 = v.fma(w3, y3);
                    y4 = v.fma(w2, y4);
                    y5 = v.fma(w1, y5);
                    y6 = v.fma(w0, y6);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 5 * xPixel, ORDER);
                    y3 = v.fma(w4, y3);
                    y4 = v.fma(w3, y4);
                    y5 = v.fma(w2, y5);
                    y6 = v.fma(w1, y6);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 6 * xPixel, ORDER);
                    y4 = v.fma(w4, y4);
                    y5 = v.fma(w3, y5);
                    y6 = v.fma(w2, y6);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at9, ORDER)
                                    .blend(zero, out9);
                    y5 = v.fma(w4, y5);
                    y6 = v.fma(w3, y6);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at10, ORDER)
                                    .blend(zero, out10);
                    y6 = v.fma(w4, y6);
                    weights += 5 * tap;
                    row += xRow;
                }
                long at = sums + c;
                y0 = y0.blend(lows, y0.lt(lows));
                y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at, ORDER);
                y1 = y1.blend(lows, y1.lt(lows));
                y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 1 * yPixel, ORDER);
                y2 = y2.blend(lows, y2.lt(lows));
                y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 2 * yPixel, ORDER);
                y3 = y3.blend(lows, y3.lt(lows));
                y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 3 * yPixel, ORDER);
                y4 = y4.blend(lows, y4.lt(lows));
                y4.blend(highs, y4.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 4 * yPixel, ORDER);
                y5 = y5.blend(lows, y5.lt(lows));
                y5.blend(highs, y5.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 5 * yPixel, ORDER);
                y6 = y6.blend(lows, y6.lt(lows));
                y6.blend(highs, y6.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 6 * yPixel, ORDER);
            }
        }
    }

    /** Any taps and strides, all of them inside the row. */
    private static void tiles(
            MemorySegment x,
            long xAt,
            long xRow,
            long xTap,
            long xStep,
            int taps,
            int rowTaps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            long seedPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            long first = xAt + tile * xStep;
            long seeds = seedAt + tile * seedPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector w = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y0 = FloatVector.fromMemorySegment(S, seed, seeds + c, ORDER).add(w);
                FloatVector y1 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 1 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y2 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 2 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y3 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 3 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y4 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 4 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y5 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 5 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y6 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 6 * seedPixel + c, ORDER)
                                .add(w);
                long weights = packedAt + c;
                long row = first + c;
                for (int i = 0; i < taps; i++) {
                    long v = row;
                    for (int j = 0; j < rowTaps; j++) {
                        w = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                        y0 = FloatVector.fromMemorySegment(S, x, v, ORDER).fma(w, y0);
                        y1 = FloatVector.fromMemorySegment(S, x, v + 1 * xStep, ORDER).fma(w, y1);
                        y2 = FloatVector.fromMemorySegment(S, x, v + 2 * xStep, ORDER).fma(w, y2);
                        y3 = FloatVector.fromMemorySegment(S, x, v + 3 * xStep, ORDER).fma(w, y3);
                        y4 = FloatVector.fromMemorySegment(S, x, v + 4 * xStep, ORDER).fma(w, y4);
                        y5 = FloatVector.fromMemorySegment(S, x, v + 5 * xStep, ORDER).fma(w, y5);
                        y6 = FloatVector.fromMemorySegment(S, x, v + 6 * xStep, ORDER).fma(w, y6);
                        weights += pitch;
                        v += xTap;
                    }
                    row += xRow;
                }
                long at = sums + c;
                y0 = y0.blend(lows, y0.lt(lows));
                y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at, ORDER);
                y1 = y1.blend(lows, y1.lt(lows));
                y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 1 * yPixel, ORDER);
                y2 = y2.blend(lows, y2.lt(lows));
                y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 2 * yPixel, ORDER);
                y3 = y3.blend(lows, y3.lt(lows));
                y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 3 * yPixel, ORDER);
                y4 = y4.blend(lows, y4.lt(lows));
                y4.blend(highs, y4.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 4 * yPixel, ORDER);
                y5 = y5.blend(lows, y5.lt(lows));
                y5.blend(highs, y5.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 5 * yPixel, ORDER);
                y6 = y6.blend(lows, y6.lt(lows));
                y6.blend(highs, y6.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 6 * yPixel, ORDER);
            }
        }
    }
}
