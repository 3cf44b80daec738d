package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Element by element over tensors of any strides, block by block. */
final class BlockOperation implements Operation {
    private final LoopNest nest;
    private final MemorySegment[] segments;
    private final long[] firsts;
    private final BlockFunction function;
    private final long count;
    private final Workers.Task task = this::task;

    /**
     * Binds.
     *
     * @param nest of the output and then the inputs
     * @param inputs three at most
     */
    BlockOperation(LoopNest nest, BlockFunction function, Tensor output, Tensor... inputs) {
        this.nest = nest;
        this.function = function;
        this.count = nest.count();
        segments = new MemorySegment[inputs.length + 1];
        firsts = new long[inputs.length + 1];
        segments[0] = output.segment();
        firsts[0] = output.offset();
        for (int i = 0; i < inputs.length; i++) {
            segments[i + 1] = inputs[i].segment();
            firsts[i + 1] = inputs[i].offset();
        }
    }

    @Override
    public void run(@Nullable Workers workers) {
        Tasks.run(workers, Math.ceilDiv(count, Tasks.ELEMENTS), task);
    }

    private void task(long index, MemorySegment scratch) {
        float[][] blocks = Blocks.ofThread();
        long end = Math.min(count, (index + 1) * Tasks.ELEMENTS);
        for (long from = index * Tasks.ELEMENTS; from < end; from += Blocks.SIZE) {
            int size = (int) Math.min(Blocks.SIZE, end - from);
            for (int i = 1; i < segments.length; i++) {
                Blocks.read(nest, i, segments[i], firsts[i], from, blocks[i - 1], size);
            }
            function.apply(blocks, size);
            Blocks.write(nest, 0, segments[0], firsts[0], from, blocks[0], size);
        }
    }
}
