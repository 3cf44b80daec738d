package io.strider.ops;

import io.strider.blas.Workers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Work that is cut into numbered pieces of about {@link #ELEMENTS} elements. */
final class Tasks {
    /** Less is not worth waking another thread, which takes some 10 µs. */
    static final long ELEMENTS = 16 * 1024;

    private Tasks() {}

    /** Runs the pieces 0 to {@code tasks − 1}, by workers if there are any and it pays. */
    static void run(@Nullable Workers workers, long tasks, Workers.Task task) {
        if (workers == null || tasks <= 1) {
            for (long index = 0; index < tasks; index++) {
                task.run(index, MemorySegment.NULL);
            }
        } else {
            workers.run(tasks, 0, task);
        }
    }
}
