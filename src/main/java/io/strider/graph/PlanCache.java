package io.strider.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The plans of a session, the one that was used longest ago giving way to a new one; and the count
 * of those who are inside the session, for whom closing waits. Thread-safe.
 */
final class PlanCache {
    /** Plans that are kept. */
    static final int MOST = 8;

    private final FramePool frames;
    private final SharedParts parts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();

    /** Held while a plan is made, so that two threads do not make the same one. */
    private final ReentrantLock planning = new ReentrantLock();

    /** The plan that was used last at the end. */
    private final List<Plan> plans = new ArrayList<>();

    private int inside;
    private boolean closed;

    /** An empty cache. */
    PlanCache(FramePool frames, SharedParts parts) {
        this.frames = frames;
        this.parts = parts;
    }

    /**
     * Counts the caller in, until {@link #leave}.
     *
     * @throws IllegalStateException if the session is closed
     */
    void enter() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the session is closed");
            }
            inside++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The plan for some inputs, made if there is none; in use until {@link #release}. */
    Plan use(Map<String, TensorType> types, Map<String, Value> inputs, Supplier<Plan> make) {
        Plan plan = find(types, inputs);
        if (plan != null) {
            return plan;
        }
        planning.lock();
        try {
            plan = find(types, inputs);
            return plan != null ? plan : add(make.get());
        } finally {
            planning.unlock();
        }
    }

    private @Nullable Plan find(Map<String, TensorType> types, Map<String, Value> inputs) {
        lock.lock();
        try {
            for (int i = plans.size() - 1; i >= 0; i--) {
                Plan plan = plans.get(i);
                if (plan.fits(types, inputs)) {
                    plans.remove(i);
                    plans.add(plan);
                    plan.users++;
                    return plan;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private Plan add(Plan plan) {
        Plan old = null;
        lock.lock();
        try {
            plan.users = 1;
            plans.add(plan);
            if (plans.size() > MOST) {
                Plan oldest = plans.removeFirst();
                oldest.retired = true;
                old = oldest.users == 0 ? oldest : null;
            }
        } finally {
            lock.unlock();
        }
        if (old != null) {
            giveBack(old);
        }
        return plan;
    }

    /** Ends a use. */
    void release(Plan plan) {
        boolean last;
        lock.lock();
        try {
            last = --plan.users == 0 && plan.retired;
        } finally {
            lock.unlock();
        }
        if (last) {
            giveBack(plan);
        }
    }

    private void giveBack(Plan plan) {
        frames.drop(plan);
        plan.close(parts);
    }

    /** How many plans there are. */
    int count() {
        lock.lock();
        try {
            return plans.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets nobody in any more, waits until all have left, and gives all plans back.
     *
     * @return whether this call did so, not one before
     */
    boolean close() {
        List<Plan> all = new ArrayList<>();
        boolean first;
        lock.lock();
        try {
            first = !closed;
            closed = true;
            frames.close();
            while (inside > 0) {
                left.awaitUninterruptibly();
            }
            all.addAll(plans);
            plans.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(this::giveBack);
        return first;
    }
}
