package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F(2×2, 3×3) with the Vector API, as many channels at once as a vector holds: first the columns,
 * into a tile in the first-level cache, then its rows. The whole tile at once would be more vectors
 * than there are registers, and more calls than C1 compiles (and what it gives up never reaches
 * C2).
 */
final class VectorWinogradF2 implements WinogradTransforms {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = SPECIES.length();

    /** Bytes of a vector, the distance of two in {@code between}. */
    private static final long BYTES = (long) LANES * Float.BYTES;

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
        for (int c = 0; c < channels; c += LANES) {
            long from = (at + c) * Float.BYTES;
            for (int j = 0; j < 4; j++) {
                long column = from + j * pixel;
                long to = tile + j * BYTES;
                FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, x, column, ORDER);
                FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, x, column + row, ORDER);
                FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, x, column + 2 * row, ORDER);
                FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, x, column + 3 * row, ORDER);
                x0.sub(x2).intoMemorySegment(between, to, ORDER);
                x1.add(x2).intoMemorySegment(between, to + (4 * BYTES), ORDER);
                x2.sub(x1).intoMemorySegment(between, to + 2 * (4 * BYTES), ORDER);
                x3.sub(x1).intoMemorySegment(between, to + 3 * (4 * BYTES), ORDER);
            }
            long to = (vAt + c) * Float.BYTES;
            for (int i = 0; i < 4; i++) {
                long line = tile + i * (4 * BYTES);
                long position = to + i * (4 * apart);
                FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, between, line, ORDER);
                FloatVector x1 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + BYTES, ORDER);
                FloatVector x2 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 2 * BYTES, ORDER);
                FloatVector x3 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 3 * BYTES, ORDER);
                x0.sub(x2).intoMemorySegment(v, position, ORDER);
                x1.add(x2).intoMemorySegment(v, position + apart, ORDER);
                x2.sub(x1).intoMemorySegment(v, position + 2 * apart, ORDER);
                x3.sub(x1).intoMemorySegment(v, position + 3 * apart, ORDER);
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
        for (int c = 0; c < channels; c += LANES) {
            long from = (mAt + c) * Float.BYTES;
            for (int j = 0; j < 4; j++) {
                long column = from + j * apart;
                long to = tile + j * BYTES;
                FloatVector m0 = FloatVector.fromMemorySegment(SPECIES, m, column, ORDER);
                FloatVector m1 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + (4 * apart), ORDER);
                FloatVector m2 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + 2 * (4 * apart), ORDER);
                FloatVector m3 =
                        FloatVector.fromMemorySegment(SPECIES, m, column + 3 * (4 * apart), ORDER);
                m0.add(m1).add(m2).intoMemorySegment(between, to, ORDER);
                m1.sub(m2).add(m3).intoMemorySegment(between, to + (4 * BYTES), ORDER);
            }
            FloatVector shift =
                    FloatVector.fromMemorySegment(SPECIES, bias, (first + c) * Float.BYTES, ORDER);
            long to = (yAt + c) * Float.BYTES;
            long other = (residualAt + c) * Float.BYTES;
            for (int i = 0; i < 2; i++) {
                long line = tile + i * (4 * BYTES);
                long out = to + i * row;
                long added = other + i * residualRow;
                FloatVector m0 = FloatVector.fromMemorySegment(SPECIES, between, line, ORDER);
                FloatVector m1 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + BYTES, ORDER);
                FloatVector m2 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 2 * BYTES, ORDER);
                FloatVector m3 =
                        FloatVector.fromMemorySegment(SPECIES, between, line + 3 * BYTES, ORDER);
                FloatVector y0 =
                        m0.add(m1)
                                .add(m2)
                                .add(shift)
                                .add(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, residual, added, ORDER));
                y0 = y0.blend(low, y0.lt(low));
                y0 = y0.blend(high, high.lt(y0));
                FloatVector y1 =
                        m1.sub(m2)
                                .add(m3)
                                .add(shift)
                                .add(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, residual, added + residualPixel, ORDER));
                y1 = y1.blend(low, y1.lt(low));
                y1 = y1.blend(high, high.lt(y1));
                y0.intoMemorySegment(y, out, ORDER);
                y1.intoMemorySegment(y, out + pixel, ORDER);
            }
        }
    }
}
