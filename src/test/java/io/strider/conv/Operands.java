package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The values that one convolution reads: input, weights, bias and the output's gradient, row-major.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Operands(Conv2dGeometry geometry, float[] x, float[] w, float[] b, float[] gy) {

    /** Integers from −4 to 4. */
    static Operands integers(Conv2dGeometry geometry, long seed) {
        Random random = new Random(seed);
        return new Operands(
                geometry,
                RandomGeometry.integers(random, geometry.inputShape()),
                RandomGeometry.integers(random, geometry.weightShape()),
                RandomGeometry.integers(random, geometry.outChannels()),
                RandomGeometry.integers(random, geometry.outputShape()));
    }

    /** Normal values. */
    static Operands normals(Conv2dGeometry geometry, long seed) {
        Random random = new Random(seed);
        return new Operands(
                geometry,
                RandomGeometry.normals(random, geometry.inputShape()),
                RandomGeometry.normals(random, geometry.weightShape()),
                RandomGeometry.normals(random, geometry.outChannels()),
                RandomGeometry.normals(random, geometry.outputShape()));
    }

    /** The same with a bias of zeros. */
    Operands withoutBias() {
        return new Operands(geometry, x, w, new float[b.length], gy);
    }

    /** The absolute values: what the convolution of these gives is Σ|a||b|. */
    Operands magnitudes() {
        return new Operands(
                geometry,
                ErrorBound.magnitudes(x),
                ErrorBound.magnitudes(w),
                ErrorBound.magnitudes(b),
                ErrorBound.magnitudes(gy));
    }

    Tensor x(Arena arena, MemoryFormat format) {
        return tensor(arena, format, x, geometry.inputShape());
    }

    Tensor w(Arena arena, MemoryFormat format) {
        return tensor(arena, format, w, geometry.weightShape());
    }

    Tensor b(Arena arena) {
        return Tensor.of(arena, b, geometry.outChannels());
    }

    Tensor gy(Arena arena, MemoryFormat format) {
        return tensor(arena, format, gy, geometry.outputShape());
    }

    private static Tensor tensor(Arena arena, MemoryFormat format, float[] values, long... shape) {
        return Tensor.of(arena, values, shape).contiguous(arena, format);
    }

    /**
     * What came out.
     *
     * @param y with bias
     * @param plain without
     */
    record Results(Tensor y, Tensor plain, Tensor gx, Tensor gw, Tensor gb) {}

    /** All products by {@link Algorithm#DIRECT} on row-major tensors. */
    Results direct(Arena arena) {
        Conv2d conv = RandomGeometry.convolution(geometry, Algorithm.DIRECT, Blas.plain());
        return run(conv, arena, MemoryFormat.CHANNELS_FIRST, MemoryFormat.CHANNELS_FIRST);
    }

    /** All products from inputs of one format into outputs of another that were full of NaN. */
    Results run(Conv2d conv, Arena arena, MemoryFormat in, MemoryFormat out) {
        Tensor xs = x(arena, in);
        Tensor ws = w(arena, in);
        Tensor bs = b(arena);
        Tensor gys = gy(arena, in);
        Results results =
                new Results(
                        nan(arena, out, geometry.outputShape()),
                        nan(arena, out, geometry.outputShape()),
                        nan(arena, out, geometry.inputShape()),
                        nan(arena, out, geometry.weightShape()),
                        nan(arena, MemoryFormat.CHANNELS_FIRST, geometry.outChannels()));
        run(conv, xs, ws, bs, gys, results);
        return results;
    }

    /**
     * Fills the block that this thread's next convolution will get with NaN: what it reads without
     * having written it shows.
     */
    private static void poisonScratch() {
        try (ScratchPool.Slot slot = ScratchPool.shared().lease(1)) {
            long bytes = Math.min(slot.memory().byteSize(), 256 << 10);
            slot.memory().asSlice(0, bytes).fill((byte) -1);
        }
    }

    static void run(
            Conv2d conv, Tensor x, Tensor w, @Nullable Tensor b, Tensor gy, Results results) {
        poisonScratch();
        conv.forward(x, w, b, results.y);
        poisonScratch();
        conv.forward(x, w, null, results.plain);
        poisonScratch();
        conv.backwardInput(w, gy, results.gx);
        poisonScratch();
        conv.backwardWeight(x, gy, results.gw);
        conv.backwardBias(gy, results.gb);
    }

    private static Tensor nan(Arena arena, MemoryFormat format, long... shape) {
        Tensor tensor = Tensor.zeros(arena, format, shape);
        tensor.fill(Float.NaN);
        return tensor;
    }
}
