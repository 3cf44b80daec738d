package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with its weights packed or transformed once, to be run many times: y = activation(x
 * ∗ weight + bias + residual). Made by {@link Conv2d#prepare} and, for the gradient by the input,
 * {@link Conv2d#prepareInputGradient}.
 *
 * <pre>{@code
 * PreparedConv2d conv = Conv2d.builder().padding(Padding.of(1, 1)).build()
 *         .prepare(x.shape(), weight, bias, Activation.RELU, arena);
 * conv.run(x, y);            // in this thread
 * conv.run(workers, x, y);   // split between the threads of a pool
 * }</pre>
 *
 * <p>Any batch may be run; the other sizes are fixed. {@link
 * io.strider.tensor.MemoryFormat#CHANNELS_LAST} tensors, and views of them that keep the channels
 * together, are read and written where they lie. Others, such as NCHW, are converted on the way, a
 * few images at a time, through the memory of {@link ScratchPool}.
 *
 * <p>Immutable; may be run from any number of threads at once if the arena it was prepared in
 * allows them access. In steady state a run allocates nothing, on the heap or off. The same input,
 * algorithm and batch give the same bits, whatever the number of threads.
 */
public final class PreparedConv2d {
    private static final String IMAGES = "N×C×H×W";

    private final PreparedAlgorithm prepared;
    private final Blas blas;
    private final long[] inputShape;
    private final long[] outputShape;
    private final long flops;
    private final boolean shared;

    /** A run that is not in use; of several that end at once the last one's is kept. */
    private final AtomicReference<@Nullable PreparedRun> idle = new AtomicReference<>();

    /**
     * Of shapes that a geometry has proven to fit.
     *
     * @param flops of one image
     * @param shared whether every thread may read what was prepared
     */
    PreparedConv2d(
            PreparedAlgorithm prepared,
            Blas blas,
            long[] inputShape,
            long[] outputShape,
            long flops,
            boolean shared) {
        this.prepared = prepared;
        this.blas = blas;
        this.inputShape = inputShape.clone();
        this.outputShape = outputShape.clone();
        this.flops = flops;
        this.shared = shared;
    }

    /** How it computes; never {@link Algorithm#AUTO}. */
    public Algorithm algorithm() {
        return prepared.algorithm();
    }

    /** Bytes of scratch that each thread at work needs, beside what the weights take. */
    public long scratchBytes() {
        return prepared.scratchBytes();
    }

    /**
     * Floating-point operations of one image by the definition of the convolution, two for each
     * product of a weight and a pixel, those with padding included; algorithms may need fewer.
     */
    public long flops() {
        return flops;
    }

    /** Shape of the input of {@code batch} images, N×C×H×W; a new array. */
    public long[] inputShape(long batch) {
        return withBatch(inputShape, batch);
    }

    /** Shape of the output of {@code batch} images, N×O×outHeight×outWidth; a new array. */
    public long[] outputShape(long batch) {
        return withBatch(outputShape, batch);
    }

    private static long[] withBatch(long[] shape, long batch) {
        long[] result = shape.clone();
        result[0] = Axis.requireNotNegative("batch", batch);
        return result;
    }

    /**
     * Computes y = activation(x ∗ weight + bias) in this thread.
     *
     * @param x input, N×C×H×W, not modified
     * @param y output, N×O×outHeight×outWidth, overwritten
     * @throws IllegalArgumentException if a shape is wrong, or y is read-only, overlaps itself or
     *     an input
     * @throws IllegalStateException if an arena, that of the weights included, is closed, before or
     *     during the call
     * @throws WrongThreadException if an arena is confined to another thread
     */
    public void run(Tensor x, Tensor y) {
        run(x, null, y);
    }

    /**
     * Computes y = activation(x ∗ weight + bias + residual) in this thread.
     *
     * @param x input, N×C×H×W, not modified
     * @param residual N×O×outHeight×outWidth, not modified, or null for none
     * @param y output, N×O×outHeight×outWidth, overwritten
     * @throws IllegalArgumentException as {@link #run(Tensor, Tensor)}
     * @throws IllegalStateException as {@link #run(Tensor, Tensor)}
     * @throws WrongThreadException as {@link #run(Tensor, Tensor)}
     */
    public void run(Tensor x, @Nullable Tensor residual, Tensor y) {
        execute(null, x, residual, y);
    }

    /**
     * Computes y = activation(x ∗ weight + bias), split between the threads of a pool.
     *
     * @param workers who computes; the call waits for them
     * @param x input, N×C×H×W, not modified
     * @param y output, N×O×outHeight×outWidth, overwritten
     * @throws IllegalArgumentException as {@link #run(Tensor, Tensor)}
     * @throws IllegalStateException as {@link #run(Tensor, Tensor)}, and if the pool is closed or
     *     this is one of its tasks
     * @throws WrongThreadException if memory is confined to a thread, be it this one
     * @throws java.util.concurrent.CancellationException if this thread was interrupted; y is then
     *     undefined
     */
    public void run(Workers workers, Tensor x, Tensor y) {
        run(workers, x, null, y);
    }

    /**
     * Computes y = activation(x ∗ weight + bias + residual), split between the threads of a pool.
     *
     * @param workers who computes; the call waits for them
     * @param x input, N×C×H×W, not modified
     * @param residual N×O×outHeight×outWidth, not modified, or null for none
     * @param y output, N×O×outHeight×outWidth, overwritten
     * @throws IllegalArgumentException as {@link #run(Tensor, Tensor)}
     * @throws IllegalStateException as {@link #run(Workers, Tensor, Tensor)}
     * @throws WrongThreadException as {@link #run(Workers, Tensor, Tensor)}
     * @throws java.util.concurrent.CancellationException as {@link #run(Workers, Tensor, Tensor)}
     */
    public void run(Workers workers, Tensor x, @Nullable Tensor residual, Tensor y) {
        Objects.requireNonNull(workers, "workers");
        Shapes.requireShared("x", x);
        Shapes.requireShared("y", y);
        if (residual != null) {
            Shapes.requireShared("residual", residual);
        }
        if (!shared) {
            throw Shapes.confined("weight");
        }
        execute(workers, x, residual, y);
    }

    private void execute(@Nullable Workers workers, Tensor x, @Nullable Tensor residual, Tensor y) {
        Shapes.requireInput("x", x, IMAGES);
        long batch = x.size(0);
        requireShape("x", x, inputShape, batch);
        Objects.requireNonNull(y, "y");
        requireShape("y", y, outputShape, batch);
        y.requireWritable("y");
        Shapes.requireApart("y", y, "x", x);
        if (residual != null) {
            residual.requireReadable("residual");
            requireShape("residual", residual, outputShape, batch);
            Shapes.requireApart("y", y, "residual", residual);
        }
        PreparedRun run = idle.getAndSet(null);
        if (run == null) {
            run = new PreparedRun(prepared, blas);
        }
        run.execute(workers, x, residual, y);
        idle.set(run); // one that has thrown is not used again
    }

    private static void requireShape(String name, Tensor tensor, long[] expected, long batch) {
        boolean fits = tensor.rank() == 4 && tensor.size(0) == batch;
        for (int dim = 1; fits && dim < 4; dim++) {
            fits = tensor.size(dim) == expected[dim];
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: %s)"
                            .formatted(
                                    name,
                                    Arrays.toString(tensor.shape()),
                                    Arrays.toString(withBatch(expected, batch))));
        }
    }

    /** One line, for people: {@code 64×56×56 → 64×56×56 by WINOGRAD}. */
    @Override
    public String toString() {
        return image(inputShape) + " → " + image(outputShape) + " by " + algorithm();
    }

    private static String image(long[] shape) {
        return shape[1] + "×" + shape[2] + "×" + shape[3];
    }
}
