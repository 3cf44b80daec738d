package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** {@link Algorithm#DIRECT}, prepared: the plain twin of the others. A task is an image. */
final class PreparedDirect implements PreparedAlgorithm {
    private final DirectKernels kernels;
    private final Conv2dGeometry geometry;
    private final Tensor weight;
    private final Epilogue epilogue;

    PreparedDirect(
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            SegmentAllocator allocator) {
        this.geometry = geometry.withBatch(1);
        this.kernels = new DirectKernels(this.geometry);
        MemorySegment memory = allocator.allocate(weight.elementCount() * Float.BYTES, 64);
        this.weight = Tensor.wrap(memory, geometry.weightShape());
        this.weight.copyFrom(weight);
        this.epilogue = new Epilogue(bias, 0, geometry.outChannels(), activation, allocator);
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.DIRECT;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public long tasks(long batch, int threads) {
        return batch;
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch) {
        kernels.forward(x.slice(0, task, task + 1), weight, null, y.slice(0, task, task + 1));
        for (long p = 0; p < geometry.outHeight(); p++) {
            epilogue.apply(
                    0,
                    geometry.outChannels(),
                    y.segment(),
                    rowAt(y, task, p),
                    y.stride(3),
                    geometry.outWidth(),
                    residual == null ? null : residual.segment(),
                    residual == null ? 0 : rowAt(residual, task, p),
                    residual == null ? 0 : residual.stride(3));
        }
    }

    private static long rowAt(Tensor t, long image, long row) {
        return t.offset() + image * t.stride(0) + row * t.stride(2);
    }
}
