package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link PreparedConv2d} at a time: in the caller's thread or split between workers,
 * with conversions before and after where a tensor is not channels-last. One caller uses it at a
 * time; others use it again, so that a run need not be allocated.
 */
final class PreparedRun implements Workers.Task {
    /** Floats of converted images to hold at once, or one image if that is larger: 16 MiB. */
    private static final long CONVERTED_FLOATS = 4 << 20;

    /** Stands for any thread but the one that allocated. */
    private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> {});

    /** What a task does now. */
    private enum Step {
        LOAD_INPUT,
        LOAD_RESIDUAL,
        COMPUTE,
        STORE
    }

    private final PreparedAlgorithm prepared;
    private final ConvertedImages input;
    private final ConvertedImages addend;
    private final ConvertedImages output;

    private Step step = Step.COMPUTE;
    private int threads = 1;
    private @Nullable Tensor x;
    private @Nullable Tensor residual;
    private @Nullable Tensor y;

    PreparedRun(PreparedAlgorithm prepared, Blas blas) {
        this.prepared = prepared;
        this.input = new ConvertedImages(blas);
        this.addend = new ConvertedImages(blas);
        this.output = new ConvertedImages(blas);
    }

    /** Whether every thread may use the memory. */
    static boolean isShared(MemorySegment segment) {
        return segment.isAccessibleBy(ANOTHER);
    }

    /** All arguments have been checked. */
    void execute(@Nullable Workers workers, Tensor x, @Nullable Tensor residual, Tensor y) {
        long batch = x.size(0);
        if (batch == 0) {
            return;
        }
        long perImage = input.begin(x) + addend.begin(residual) + output.begin(y);
        long images = perImage == 0 ? batch : Math.clamp(CONVERTED_FLOATS / perImage, 1, batch);
        long own = workers == null ? prepared.scratchBytes() : 0;
        long converted = perImage * images * Float.BYTES;
        if (own + converted == 0) {
            compute(workers, MemorySegment.NULL, x, residual, y);
            return;
        }
        try (ScratchPool.Slot slot = ScratchPool.shared().lease(own + converted)) {
            MemorySegment scratch = slot.memory();
            if (perImage == 0) {
                compute(workers, scratch, x, residual, y);
                return;
            }
            for (long first = 0; first < batch; first += images) {
                long count = Math.min(images, batch - first);
                long at = own / Float.BYTES;
                at = input.place(scratch, at, first, count);
                at = addend.place(scratch, at, first, count);
                output.place(scratch, at, first, count);
                perform(Step.LOAD_INPUT, workers, input.tasks(), 0, scratch);
                perform(Step.LOAD_RESIDUAL, workers, addend.tasks(), 0, scratch);
                compute(
                        workers,
                        scratch,
                        Objects.requireNonNull(input.images()),
                        addend.images(),
                        Objects.requireNonNull(output.images()));
                perform(Step.STORE, workers, output.tasks(), 0, scratch);
            }
        } finally {
            input.end();
            addend.end();
            output.end();
        }
    }

    private void compute(
            @Nullable Workers workers,
            MemorySegment scratch,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y) {
        this.x = x;
        this.residual = residual;
        this.y = y;
        try {
            threads = workers == null ? 1 : workers.threads();
            long tasks = prepared.tasks(x.size(0), threads);
            perform(Step.COMPUTE, workers, tasks, prepared.scratchBytes(), scratch);
        } finally {
            this.x = null;
            this.residual = null;
            this.y = null;
        }
    }

    private void perform(
            Step step,
            @Nullable Workers workers,
            long tasks,
            long scratchBytes,
            MemorySegment scratch) {
        this.step = step;
        if (workers != null && tasks > 0) {
            workers.run(tasks, scratchBytes, this);
            return;
        }
        for (long task = 0; task < tasks; task++) {
            run(task, scratch);
        }
    }

    @Override
    public void run(long task, MemorySegment scratch) {
        switch (step) {
            case LOAD_INPUT -> input.load(task);
            case LOAD_RESIDUAL -> addend.load(task);
            case COMPUTE ->
                    prepared.run(
                            task,
                            threads,
                            Objects.requireNonNull(x),
                            residual,
                            Objects.requireNonNull(y),
                            scratch);
            case STORE -> output.store(task);
        }
    }
}
