package io.strider.conv;

import static io.strider.conv.VectorGemmLoops.LANES;
import static io.strider.conv.VectorGemmLoops.ORDER;
import static io.strider.conv.VectorGemmLoops.SPECIES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What becomes of a block of sums of {@link VectorPackedGemm}, which is still in cache. */
final class VectorFinish {
    private VectorFinish() {}

    /** block += addend, {@code width} columns of {@code rows} rows. */
    static void add(
            float[] block,
            int stride,
            int rows,
            int width,
            MemorySegment addend,
            long addendAt,
            long addendStep) {
        int whole = width - width % LANES;
        for (int lane = 0; lane < whole; lane += LANES) {
            for (int r = 0; r < rows; r++) {
                long from = (addendAt + r * addendStep + lane) * Float.BYTES;
                FloatVector.fromArray(SPECIES, block, r * stride + lane)
                        .add(FloatVector.fromMemorySegment(SPECIES, addend, from, ORDER))
                        .intoArray(block, r * stride + lane);
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int lane = whole; lane < width; lane++) {
                long from = addendAt + r * addendStep + lane;
                block[r * stride + lane] += addend.getAtIndex(JAVA_FLOAT, from);
            }
        }
    }

    /** c = block. */
    static void store(
            float[] block, int vectors, int rows, int width, MemorySegment c, long cAt, long ldc) {
        for (int r = 0; r < rows; r++) {
            long to = (cAt + r * ldc) * Float.BYTES;
            MemorySegment.copy(block, r * vectors * LANES, c, JAVA_FLOAT, to, width);
        }
    }

    /**
     * c = clamp(block + bias). By comparison and not with min and max, which in Java take six
     * instructions each, for zeros' signs; this way NaN stays NaN too. Bounds that are none are not
     * compared with.
     */
    static void finish(
            float[] block,
            int vectors,
            int rows,
            int width,
            Epilogue epilogue,
            int column,
            MemorySegment c,
            long cAt,
            long ldc) {
        float low = epilogue.low;
        float high = epilogue.high;
        float[] bias = epilogue.biasValues;
        int stride = vectors * LANES;
        int whole = width - width % LANES;
        if (low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY) {
            finishUnbounded(block, stride, rows, whole, bias, column, c, cAt, ldc);
        } else if (high == Float.POSITIVE_INFINITY) {
            finishFrom(low, block, stride, rows, whole, bias, column, c, cAt, ldc);
        } else {
            finishBetween(low, high, block, stride, rows, whole, bias, column, c, cAt, ldc);
        }
        if (whole < width) {
            finishRest(low, high, block, stride, rows, whole, bias, column);
            for (int r = 0; r < rows; r++) {
                long to = (cAt + r * ldc + whole) * Float.BYTES;
                MemorySegment.copy(block, r * stride + whole, c, JAVA_FLOAT, to, width - whole);
            }
        }
    }

    /** The last columns, fewer than a vector has, in their place: the block is filled up. */
    private static void finishRest(
            float low,
            float high,
            float[] block,
            int stride,
            int rows,
            int lane,
            float[] bias,
            int column) {
        FloatVector lows = FloatVector.broadcast(SPECIES, low);
        FloatVector highs = FloatVector.broadcast(SPECIES, high);
        FloatVector biases = FloatVector.fromArray(SPECIES, bias, column + lane);
        for (int r = 0; r < rows; r++) {
            FloatVector sum = FloatVector.fromArray(SPECIES, block, r * stride + lane).add(biases);
            sum = sum.blend(lows, sum.lt(lows));
            sum.blend(highs, sum.compare(VectorOperators.GT, highs))
                    .intoArray(block, r * stride + lane);
        }
    }

    private static void finishUnbounded(
            float[] block,
            int stride,
            int rows,
            int width,
            float[] bias,
            int column,
            MemorySegment c,
            long cAt,
            long ldc) {
        for (int lane = 0; lane < width; lane += LANES) {
            FloatVector biases = FloatVector.fromArray(SPECIES, bias, column + lane);
            for (int r = 0; r < rows; r++) {
                FloatVector.fromArray(SPECIES, block, r * stride + lane)
                        .add(biases)
                        .intoMemorySegment(c, (cAt + r * ldc + lane) * Float.BYTES, ORDER);
            }
        }
    }

    private static void finishFrom(
            float low,
            float[] block,
            int stride,
            int rows,
            int width,
            float[] bias,
            int column,
            MemorySegment c,
            long cAt,
            long ldc) {
        FloatVector lows = FloatVector.broadcast(SPECIES, low);
        for (int lane = 0; lane < width; lane += LANES) {
            FloatVector biases = FloatVector.fromArray(SPECIES, bias, column + lane);
            for (int r = 0; r < rows; r++) {
                FloatVector sum =
                        FloatVector.fromArray(SPECIES, block, r * stride + lane).add(biases);
                sum.blend(lows, sum.lt(lows))
                        .intoMemorySegment(c, (cAt + r * ldc + lane) * Float.BYTES, ORDER);
            }
        }
    }

    private static void finishBetween(
            float low,
            float high,
            float[] block,
            int stride,
            int rows,
            int width,
            float[] bias,
            int column,
            MemorySegment c,
            long cAt,
            long ldc) {
        FloatVector lows = FloatVector.broadcast(SPECIES, low);
        FloatVector highs = FloatVector.broadcast(SPECIES, high);
        for (int lane = 0; lane < width; lane += LANES) {
            FloatVector biases = FloatVector.fromArray(SPECIES, bias, column + lane);
            for (int r = 0; r < rows; r++) {
                FloatVector sum =
                        FloatVector.fromArray(SPECIES, block, r * stride + lane).add(biases);
                sum = sum.blend(lows, sum.lt(lows));
                sum.blend(highs, sum.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(c, (cAt + r * ldc + lane) * Float.BYTES, ORDER);
            }
        }
    }
}
