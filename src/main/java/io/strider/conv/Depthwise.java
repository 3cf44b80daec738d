package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#DEPTHWISE} with the weights of one layer. A task is a band of output rows of one
 * image; it reads the input where it lies and writes each output once, with bias, residual and
 * clamp applied in registers.
 */
final class Depthwise implements PreparedAlgorithm {
    /**
     * A band's multiply-adds, if its picture has as many: some 5 µs of work, so that handing it out
     * costs little and sixteen threads can share 10 MFLOP.
     */
    private static final long BAND = 256 << 10;

    /**
     * Inputs larger than this come from memory and not from a cache. The loops read a pixel here, a
     * pixel there, which hardware does not foresee: reading each row from end to end before it is
     * needed made them twice as quick (144 channels, 56×56, batch 32: 24.4 ms, 12.2 with it), but 5
     * to 15 % slower where the input is in a cache.
     */
    private static final long CACHED_BYTES = 8 << 20;

    private static final int CACHE_LINE = 16; // floats

    /** What {@link #fetch} read goes here, so that its loop is not found to be useless. */
    static int fetched;

    private final DepthwiseWindow window;
    private final DepthwiseLoops loops;
    private final Epilogue epilogue;
    private final MemorySegment packed;

    /** Output rows of a band at most. */
    private final int bandRows;

    private Depthwise(
            DepthwiseWindow window, DepthwiseLoops loops, Epilogue epilogue, MemorySegment packed) {
        this.window = window;
        this.loops = loops;
        this.epilogue = epilogue;
        this.packed = packed;
        long row =
                (long) window.outWidth * window.channels * window.kernelHeight * window.kernelWidth;
        this.bandRows = Math.clamp(Math.ceilDiv(BAND, row), 1, window.outHeight);
    }

    /**
     * Packs the weights of a layer.
     *
     * @param weight C×1×kernelHeight×kernelWidth, any strides; not kept
     * @param bias C, or null for none; not kept
     * @param allocator gives the memory of the packed weights
     */
    static Depthwise prepare(
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            SegmentAllocator allocator) {
        return prepare(geometry, weight, bias, activation, allocator, DepthwiseLoops.best());
    }

    /** The same with the given loops. */
    static Depthwise prepare(
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            SegmentAllocator allocator,
            DepthwiseLoops loops) {
        DepthwiseWindow window =
                new DepthwiseWindow(geometry.height, geometry.width, geometry.inChannels());
        MemorySegment packed = allocator.allocate(window.packedFloats() * Float.BYTES, 64);
        DepthwiseWeights.forward(window).pack(weight, bias, packed, 0);
        Epilogue epilogue = new Epilogue(bias, 0, geometry.outChannels(), activation, allocator);
        return new Depthwise(window, loops, epilogue, packed);
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.DEPTHWISE;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public long tasks(long batch, int threads) {
        return batch * bands(batch, threads);
    }

    /** Bands of an image: so many that every thread gets as many as the others, if that can be. */
    private int bands(long batch, int threads) {
        int fewest = Math.ceilDiv(window.outHeight, bandRows);
        if (fewest == 1 || batch * fewest % threads == 0) {
            return fewest;
        }
        long even = (long) Math.ceilDiv(fewest, threads) * threads;
        return (int) Math.min(window.outHeight, even);
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch) {
        int bands = bands(x.size(0), threads);
        long image = task / bands;
        int band = (int) (task % bands);
        int first = (int) ((long) window.outHeight * band / bands);
        int end = (int) ((long) window.outHeight * (band + 1) / bands);
        long xAt = x.offset() + image * x.stride(0);
        MemorySegment added = residual == null ? null : residual.segment();
        boolean distant = x.size(0) * x.stride(0) * Float.BYTES > CACHED_BYTES;
        int seen = Math.max(0, window.firstRow(first));
        for (int row = first; row < end; row++) {
            if (distant) {
                int needed = Math.min(window.endRow(row), window.inHeight);
                fetch(x, xAt + seen * x.stride(2), needed - seen);
                seen = Math.max(seen, needed);
            }
            long yAt = at(y, image, row);
            loops.row(
                    window,
                    row,
                    packed,
                    0,
                    x.segment(),
                    xAt,
                    x.stride(2),
                    x.stride(3),
                    added,
                    residual == null ? 0 : at(residual, image, row),
                    residual == null ? 0 : residual.stride(3),
                    y.segment(),
                    yAt,
                    y.stride(3),
                    epilogue.low,
                    epilogue.high);
            epilogue.finish(y.segment(), yAt, y.stride(3), window.outWidth, window.channels);
        }
    }

    /** Brings rows of the input into the cache. */
    private void fetch(Tensor x, long at, int rows) {
        int floats = (int) Math.min((window.inWidth - 1) * x.stride(3) + window.channels, 1 << 24);
        MemorySegment segment = x.segment();
        int bits = 0;
        for (int row = 0; row < rows; row++) {
            long from = at + row * x.stride(2);
            int k = 0;
            for (; k <= floats - 8 * CACHE_LINE; k += 8 * CACHE_LINE) {
                bits |= segment.getAtIndex(JAVA_INT, from + k);
                bits |= segment.getAtIndex(JAVA_INT, from + k + CACHE_LINE);
                bits |= segment.getAtIndex(JAVA_INT, from + k + 2 * CACHE_LINE);
                bits |= segment.getAtIndex(JAVA_INT, from + k + 3 * CACHE_LINE);
                bits |= segment.getAtIndex(JAVA_INT, from + k + 4 * CACHE_LINE);
                bits |= segment.getAtIndex(JAVA_INT, from + k + 5 * CACHE_LINE);
                bits |= segment.getAtIndex(JAVA_INT, from + k + 6 * CACHE_LINE);
                bits |= segment.getAtIndex(JAVA_INT, from + k + 7 * CACHE_LINE);
            }
            for (; k < floats; k += CACHE_LINE) {
                bits |= segment.getAtIndex(JAVA_INT, from + k);
            }
        }
        fetched = bits;
    }

    private static long at(Tensor t, long image, long row) {
        return t.offset() + image * t.stride(0) + row * t.stride(2);
    }
}
