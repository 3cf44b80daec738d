package io.strider.blas;

import org.jspecify.annotations.Nullable;

/**
 * The jobs that have tasks to claim, first come first. Linked through the jobs themselves, so that
 * entering allocates nothing and a job whose caller was interrupted leaves from the middle at once.
 * Not thread-safe: guarded by the pool's lock.
 */
final class JobQueue {
    private @Nullable Job first;
    private @Nullable Job last;

    void add(Job job) {
        job.previous = last;
        job.next = null;
        if (last == null) {
            first = job;
        } else {
            last.next = job;
        }
        last = job;
        job.queued = true;
    }

    /** Takes the job out; harmless if it is not in. */
    void remove(Job job) {
        if (!job.queued) {
            return;
        }
        Job before = job.previous;
        Job after = job.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        job.previous = null;
        job.next = null;
        job.queued = false;
    }

    /** The oldest job that has a task to claim; drops those that have none left. */
    @Nullable Job firstClaimable() {
        Job job = first;
        while (job != null && !job.isClaimable()) {
            remove(job);
            job = first;
        }
        return job;
    }
}
