package io.strider.conv;

import io.strider.blas.VectorSupport;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradient by the input as convolutions with stride 1: one for each phase, the pixels of gx
 * whose row and column leave the same rest when divided by the strides. Each reads gy once with the
 * taps that reach its pixels, in reverse, and writes its own pixels of gx, so nothing is added up
 * in memory and no product is spent on zeros. Pixels that no tap reaches become zero.
 *
 * <p>With stride 1 there is one phase, the convolution by the flipped weights.
 *
 * <p>{@code x} of {@link #run} is gy, {@code y} is gx.
 */
final class StridedInputGradient implements PreparedAlgorithm {
    /** Prepares the convolution of a phase. */
    @FunctionalInterface
    interface PhasePreparation {
        /**
         * A convolution without bias.
         *
         * @param geometry stride 1; its batch is the forward pass's
         * @param weights of that geometry, channels-last; not to be kept
         */
        PreparedAlgorithm prepare(Conv2dGeometry geometry, Tensor weights);
    }

    /** Rows of gx that one task clears. */
    private static final long CLEARED_ROWS = 32;

    private static final MemorySegment ZEROS = Arena.global().allocate(64 << 10, 64);

    private final Conv2dGeometry geometry;
    private final List<Phase> phases = new ArrayList<>();

    /** Whether a row or column phase is empty, from phase 0 on. */
    private final boolean[] emptyRows;

    private final boolean[] emptyColumns;
    private final boolean clears;
    private volatile WeakReference<@Nullable Views> last = new WeakReference<>(null);

    private record Phase(
            long row,
            long column,
            GradientPhase height,
            GradientPhase width,
            PreparedAlgorithm algorithm) {}

    /** What the phases read and write of one pair of tensors. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Views(Tensor gy, Tensor gx, Tensor[] inputs, Tensor[] outputs) {}

    /**
     * Prepares all phases.
     *
     * @param geometry of the forward pass
     * @param w O×C/G×kernelHeight×kernelWidth, any strides; not kept
     */
    StridedInputGradient(Conv2dGeometry geometry, Tensor w, PhasePreparation preparation) {
        this.geometry = geometry;
        int rows = (int) Math.min(geometry.strideHeight(), geometry.inHeight());
        int columns = (int) Math.min(geometry.strideWidth(), geometry.inWidth());
        emptyRows = new boolean[rows];
        emptyColumns = new boolean[columns];
        boolean anyEmpty = false;
        for (int row = 0; row < rows; row++) {
            GradientPhase height = GradientPhase.of(geometry.height, row);
            emptyRows[row] = height.isEmpty();
            for (int column = 0; column < columns; column++) {
                GradientPhase width = GradientPhase.of(geometry.width, column);
                emptyColumns[column] = width.isEmpty();
                if (height.isEmpty() || width.isEmpty()) {
                    anyEmpty = true;
                    continue;
                }
                try (Arena arena = Arena.ofConfined()) {
                    PreparedAlgorithm algorithm =
                            preparation.prepare(
                                    ofPhase(geometry, height, width),
                                    FlippedWeights.of(geometry, w, height, width, arena));
                    phases.add(new Phase(row, column, height, width, algorithm));
                }
            }
        }
        clears = anyEmpty;
    }

    /**
     * The quickest way for these sizes: by dot products for few channels, otherwise by phases.
     *
     * @param geometry of the forward pass
     * @param w O×C/G×kernelHeight×kernelWidth, any strides; not kept
     * @param allocator gives the memory of packed weights
     * @param preparation prepares the phases' convolutions
     */
    static PreparedAlgorithm quickest(
            Conv2dGeometry geometry,
            Tensor w,
            SegmentAllocator allocator,
            PhasePreparation preparation) {
        ChannelDots dots = ChannelDots.quickest();
        return VectorSupport.isEnabled() && FewChannelInputGradient.suits(geometry, dots)
                ? new FewChannelInputGradient(geometry, w, dots, allocator)
                : new StridedInputGradient(geometry, w, preparation);
    }

    private static Conv2dGeometry ofPhase(
            Conv2dGeometry geometry, GradientPhase height, GradientPhase width) {
        return Conv2dGeometry.builder()
                .input(
                        geometry.batch(),
                        geometry.outChannels(),
                        height.to() - height.from(),
                        width.to() - width.from())
                .kernel(geometry.inChannels(), height.taps(), width.taps())
                .dilation(height.dilation(), width.dilation())
                .padding(Padding.of(height.before(), width.before(), height.after(), width.after()))
                .groups(geometry.groups())
                .build();
    }

    /** That of the phase with the most taps. */
    @Override
    public Algorithm algorithm() {
        Algorithm algorithm = Algorithm.DIRECT;
        long most = 0;
        for (Phase phase : phases) {
            if (phase.height.taps() * phase.width.taps() > most) {
                most = phase.height.taps() * phase.width.taps();
                algorithm = phase.algorithm.algorithm();
            }
        }
        return algorithm;
    }

    @Override
    public long scratchBytes() {
        long most = 0;
        for (Phase phase : phases) {
            most = Math.max(most, phase.algorithm.scratchBytes());
        }
        return most;
    }

    @Override
    public long tasks(long batch, int threads) {
        long tasks = clears ? batch * Math.ceilDiv(geometry.inHeight(), CLEARED_ROWS) : 0;
        for (int i = 0; i < phases.size(); i++) {
            tasks += phases.get(i).algorithm.tasks(batch, threads);
        }
        return tasks;
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor gy,
            @Nullable Tensor residual,
            Tensor gx,
            MemorySegment scratch) {
        if (residual != null) {
            throw new IllegalArgumentException("residual: given (expected: none for a gradient)");
        }
        long rest = task;
        for (int i = 0; i < phases.size(); i++) {
            PreparedAlgorithm algorithm = phases.get(i).algorithm;
            long tasks = algorithm.tasks(gy.size(0), threads);
            if (rest < tasks) {
                Views views = views(gy, gx);
                algorithm.run(rest, threads, views.inputs[i], null, views.outputs[i], scratch);
                return;
            }
            rest -= tasks;
        }
        clear(rest, gx);
    }

    /** Kept for the next task, and weakly, so that nobody's memory is held by them. */
    private Views views(Tensor gy, Tensor gx) {
        Views views = last.get();
        if (views == null || views.gy != gy || views.gx != gx) {
            views = newViews(gy, gx);
            last = new WeakReference<>(views);
        }
        return views;
    }

    private Views newViews(Tensor gy, Tensor gx) {
        Tensor[] inputs = new Tensor[phases.size()];
        Tensor[] outputs = new Tensor[phases.size()];
        for (int i = 0; i < inputs.length; i++) {
            Phase phase = phases.get(i);
            inputs[i] =
                    gy.slice(2, phase.height.from(), phase.height.to())
                            .slice(3, phase.width.from(), phase.width.to());
            outputs[i] =
                    gx.slice(2, phase.row, geometry.inHeight(), geometry.strideHeight())
                            .slice(3, phase.column, geometry.inWidth(), geometry.strideWidth());
        }
        return new Views(gy, gx, inputs, outputs);
    }

    /** Sets the pixels of empty phases to zero, in one block of rows of one image. */
    private void clear(long task, Tensor gx) {
        long blocks = Math.ceilDiv(geometry.inHeight(), CLEARED_ROWS);
        long first = task % blocks * CLEARED_ROWS;
        long end = Math.min(first + CLEARED_ROWS, geometry.inHeight());
        long pixel = gx.stride(3);
        boolean dense = pixel == geometry.inChannels();
        for (long y = first; y < end; y++) {
            long at = gx.offset() + task / blocks * gx.stride(0) + y * gx.stride(2);
            boolean wholeRow = emptyRows[(int) (y % geometry.strideHeight())];
            if (wholeRow && dense) {
                clear(gx.segment(), at, geometry.inWidth() * pixel);
                continue;
            }
            for (long x = 0; x < geometry.inWidth(); x++) {
                if (wholeRow || emptyColumns[(int) (x % geometry.strideWidth())]) {
                    clear(gx.segment(), at + x * pixel, geometry.inChannels());
                }
            }
        }
    }

    private static void clear(MemorySegment segment, long at, long count) {
        long most = ZEROS.byteSize() / Float.BYTES;
        for (long done = 0; done < count; done += most) {
            Runs.copy(ZEROS, 0, 1, segment, at + done, Math.min(most, count - done));
        }
    }
}
