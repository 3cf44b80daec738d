package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F(4×4, 3×3) with the Vector API, as many channels at once as a vector holds: first the columns,
 * into a tile in the first-level cache, then its rows. The whole tile at once would be more vectors
 * than there are registers, and more calls than C1 compiles (and what it gives up never reaches
 * C2).
 */
final class VectorWinogradF4 implements WinogradTransforms {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = SPECIES.length();

    /** Bytes of a vector, the distance of two in {@code between}. */
    private static final long BYTES = (long) LANES * Float.BYTES;

    private static final float A = (float) WinogradTile.A;
    private static final float B = (float) WinogradTile.B;
    private static final float A2 = A * A;
    private static final float B2 = B * B;
    private static final float A3 = A * A2;
    private static final float B3 = B * B2;

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public void input(
            MemorySegment x,
            long at,
            long rowStep,
            long pixelStep,
            int channels,
            MemorySegment v,
            long vAt,
            long step,
            MemorySegment between,
            long betweenAt) {
        long row = rowStep * Float.BYTES;
        long pixel = pixelStep * Float.BYTES;
        long apart = step * Float.BYTES;
        long tile = betweenAt * Float.BYTES;
        FloatVector a = FloatVector.broadcast(SPECIES, A);
        FloatVector b = FloatVector.broadcast(SPECIES, B);
        FloatVector negA = FloatVector.broadcast(SPECIES, -A);
        FloatVector negB = FloatVector.broadcast(SPECIES, -B);
        FloatVector negA2 = FloatVector.broadcast(SPECIES, -A2);
        FloatVector negB2 = FloatVector.broadcast(SPECIES, -B2);
        FloatVector negSum = FloatVector.broadcast(SPECIES, -(A2 + B2));
        FloatVector ab = FloatVector.broadcast(SPECIES, A2 * B2);
        for (int c = 0; c < channels; c += LANES) {
            long from = (at + c) * Float.BYTES;
            for (int j = 0; j < 6; j++) {
                long column = from + j * pixel;
                long to = tile + j * BYTES;
                FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, x, column, ORDER);
                FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, x, column + row, ORDER);
                FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, x, column + 2 * row, ORDER);
                FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, x, column + 3 * row, ORDER);
                FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, x, column + 4 * row, ORDER);
                FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, x, column + 5 * row, ORDER);
                FloatVector evenA = x2.fma(negB2, x4);
                FloatVector oddA = x1.fma(negB2, x3);
                FloatVector evenB = x2.fma(negA2, x4);
                FloatVector oddB = x1.fma(negA2, x3);
                x0.fma(ab, x2.fma(negSum, x4)).intoMemorySegment(between, to, ORDER);
                oddA.fma(a, evenA).intoMemorySegment(between, to + (6 * BYTES), ORDER);
                oddA.fma(negA, evenA).intoMemorySegment(between, to + 2 * (6 * BYTES), ORDER);
                oddB.fma(b, evenB).intoMemorySegment(between, to + 3 * (6 * BYTES), ORDER);
                oddB.fma(negB, evenB).intoMemorySegment(between, to + 4 * (6 * BYTES), ORDER);
                x1.fma(ab, x3.fma(negSum, x5))
                        .intoMemorySegment(between, to + 5 * (6 * BYTES), ORDER);
            }
            long to = (vAt + c) * Float.BYTES;
            for (int i = 0; i < 6; i++) {
                long line = tile + i * (6 * BYTES);
                long position = to + i * (6 * apart);
                FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, between, line, ORDER);
                FloatVector x1 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + BYTES, ORDER);
                FloatVector x2 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 2 * BYTES, ORDER);
                FloatVector x3 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 3 * BYTES, ORDER);
                FloatVector x4 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 4 * BYTES, ORDER);
                FloatVector x5 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 5 * BYTES, ORDER);
                FloatVector evenA = x2.fma(negB2, x4);
                FloatVector oddA = x1.fma(negB2, x3);
                FloatVector evenB = x2.fma(negA2, x4);
                FloatVector oddB = x1.fma(negA2, x3);
                x0.fma(ab, x2.fma(negSum, x4)).intoMemorySegment(v, position, ORDER);
                oddA.fma(a, evenA).intoMemorySegment(v, position + apart, ORDER);
                oddA.fma(negA, evenA).intoMemorySegment(v, position + 2 * apart, ORDER);
                oddB.fma(b, evenB).intoMemorySegment(v, position + 3 * apart, ORDER);
                oddB.fma(negB, evenB).intoMemorySegment(v, position + 4 * apart, ORDER);
                x1.fma(ab, x3.fma(negSum, x5)).intoMemorySegment(v, position + 5 * apart, ORDER);
            }
        }
    }

    @Override
    public void output(
            MemorySegment m,
            long mAt,
            long step,
            int channels,
            Epilogue epilogue,
            long first,
            MemorySegment residual,
            long residualAt,
            long residualRowStep,
            long residualPixelStep,
            MemorySegment y,
            long yAt,
            long yRowStep,
            long yPixelStep,
            MemorySegment between,
            long betweenAt) {
        long apart = step * Float.BYTES;
        long tile = betweenAt * Float.BYTES;
        long row = yRowStep * Float.BYTES;
        long pixel = yPixelStep * Float.BYTES;
        long residualRow = residualRowStep * Float.BYTES;
        long residualPixel = residualPixelStep * Float.BYTES;
        FloatVector low = FloatVector.broadcast(SPECIES, epilogue.low);
        FloatVector high = FloatVector.broadcast(SPECIES, epilogue.high);
        MemorySegment bias = epilogue.bias;
        FloatVector a = FloatVector.broadcast(SPECIES, A);
        FloatVector b = FloatVector.broadcast(SPECIES, B);
        FloatVector a2 = FloatVector.broadcast(SPECIES, A2);
        FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
        FloatVector a3 = FloatVector.broadcast(SPECIES, A3);
        FloatVector b3 = FloatVector.broadcast(SPECIES, B3);
        for (int c = 0; c < channels; c += LANES) {
            long from = (mAt + c) * Float.BYTES;
            for (int j = 0; j < 6; j++) {
                long column = from + j * apart;
                long to = tile + j * BYTES;
                FloatVector m0 = FloatVector.fromMemorySegment(SPECIES, m, column, ORDER);
                FloatVector m1 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + (6 * apart), ORDER);
                FloatVector m2 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + 2 * (6 * apart), ORDER);
                FloatVector m3 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + 3 * (6 * apart), ORDER);
                FloatVector m4 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + 4 * (6 * apart), ORDER);
                FloatVector m5 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + 5 * (6 * apart), ORDER);
                FloatVector sumA = m1.add(m2);
                FloatVector differenceA = m1.sub(m2);
                FloatVector sumB = m3.add(m4);
                FloatVector differenceB = m3.sub(m4);
                m0.add(sumA).add(sumB).intoMemorySegment(between, to, ORDER);
                differenceA
                        .fma(a, differenceB.mul(b))
                        .intoMemorySegment(between, to + (6 * BYTES), ORDER);
                sumA.fma(a2, sumB.mul(b2)).intoMemorySegment(between, to + 2 * (6 * BYTES), ORDER);
                differenceA
                        .fma(a3, differenceB.fma(b3, m5))
                        .intoMemorySegment(between, to + 3 * (6 * BYTES), ORDER);
            }
            FloatVector shift =
                    FloatVector.fromMemorySegment(SPECIES, bias, (first + c) * Float.BYTES, ORDER);
            long to = (yAt + c) * Float.BYTES;
            long other = (residualAt + c) * Float.BYTES;
            for (int i = 0; i < 4; i++) {
                long line = tile + i * (6 * BYTES);
                long out = to + i * row;
                long added = other + i * residualRow;
                FloatVector m0 = FloatVector.fromMemorySegment(SPECIES, between, line, ORDER);
                FloatVector m1 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + BYTES, ORDER);
                FloatVector m2 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 2 * BYTES, ORDER);
                FloatVector m3 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 3 * BYTES, ORDER);
                FloatVector m4 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 4 * BYTES, ORDER);
                FloatVector m5 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 5 * BYTES, ORDER);
                FloatVector sumA = m1.add(m2);
                FloatVector differenceA = m1.sub(m2);
                FloatVector sumB = m3.add(m4);
                FloatVector differenceB = m3.sub(m4);
                FloatVector y0 =
                        m0.add(sumA)
                                .add(sumB)
                                .add(shift)
                                .add(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, residual, added, ORDER));
                y0 = y0.blend(low, y0.lt(low));
                y0 = y0.blend(high, high.lt(y0));
                FloatVector y1 =
                        differenceA
                                .fma(a, differenceB.mul(b))
                                .add(shift)
                                .add(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, residual, added + residualPixel, ORDER));
                y1 = y1.blend(low, y1.lt(low));
                y1 = y1.blend(high, high.lt(y1));
                FloatVector y2 =
                        sumA.fma(a2, sumB.mul(b2))
                                .add(shift)
                                .add(
                                        FloatVector.fromMemorySegment(
                                                SPECIES,
                                                residual,
                                                added + 2 * residualPixel,
                                                ORDER));
                y2 = y2.blend(low, y2.lt(low));
                y2 = y2.blend(high, high.lt(y2));
                FloatVector y3 =
                        differenceA
                                .fma(a3, differenceB.fma(b3, m5))
                                .add(shift)
                                .add(
                                        FloatVector.fromMemorySegment(
                                                SPECIES,
                                                residual,
                                                added + 3 * residualPixel,
                                                ORDER));
                y3 = y3.blend(low, y3.lt(low));
                y3 = y3.blend(high, high.lt(y3));
                y0.intoMemorySegment(y, out, ORDER);
                y1.intoMemorySegment(y, out + pixel, ORDER);
                y2.intoMemorySegment(y, out + 2 * pixel, ORDER);
                y3.intoMemorySegment(y, out + 3 * pixel, ORDER);
            }
        }
    }
}
