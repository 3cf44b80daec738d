package io.strider.server.http;

import io.strider.server.inference.Call;
import io.strider.server.inference.Embedded;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.ManagedInference;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.Occupancy;
import io.strider.server.inference.RefusedException;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Models that answer what a test wants, when it wants. */
final class FakeModels implements ManagedInference {
    static final ModelDescription FACES =
            new ModelDescription("faces", 1, true, OptionalInt.of(2), List.of(), List.of());

    /** Calls that have been made. */
    final List<Call> calls = new CopyOnWriteArrayList<>();

    /** Released once for each call that has begun. */
    final Semaphore begun = new Semaphore(0);

    /** Released once for each call that was interrupted. */
    final Semaphore interrupted = new Semaphore(0);

    final List<String> replaced = new CopyOnWriteArrayList<>();

    volatile @Nullable CountDownLatch hold;
    volatile @Nullable RefusedException full;
    volatile @Nullable RefusedException refusal;
    volatile @Nullable RuntimeException fault;
    volatile @Nullable Error error;
    volatile @Nullable IOException badFile;
    volatile boolean drained;
    volatile boolean givenUp;

    /** Calls wait from now on until the latch is counted down. */
    CountDownLatch hold() {
        CountDownLatch latch = new CountDownLatch(1);
        hold = latch;
        return latch;
    }

    @Override
    public List<ModelDescription> models() {
        return List.of(FACES);
    }

    @Override
    public ModelDescription model(@Nullable String name) throws RefusedException {
        if (name != null && !name.equals("faces")) {
            throw new RefusedException(
                    RefusedException.Reason.UNKNOWN_MODEL, "model: " + name + " (expected: faces)");
        }
        return FACES;
    }

    @Override
    public EmbeddedPictures embed(@Nullable String model, List<byte[]> pictures, Call call)
            throws RefusedException, InterruptedException {
        calls.add(call);
        begun.release();
        CountDownLatch latch = hold;
        try {
            if (latch != null && !latch.await(call.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new RefusedException(
                        RefusedException.Reason.DEADLINE_PASSED, "too late for an answer");
            }
        } catch (InterruptedException gone) {
            interrupted.release();
            throw gone;
        }
        if (refusal != null) {
            throw refusal;
        }
        if (fault != null) {
            throw fault;
        }
        if (error != null) {
            throw error;
        }
        List<Embedded> vectors = new ArrayList<>();
        for (byte[] picture : pictures) {
            vectors.add(Embedded.of(new float[] {picture.length, 1}));
        }
        return new EmbeddedPictures(FACES, vectors, 1, 2, 3);
    }

    @Override
    public Map<String, NdArray> infer(
            @Nullable String model, Map<String, NdArray> inputs, List<String> outputs, Call call) {
        return Map.of();
    }

    @Override
    public void replace(@Nullable String name) throws IOException {
        if (badFile != null) {
            throw badFile;
        }
        replaced.add(name == null ? "all" : name);
    }

    @Override
    public Optional<RefusedException> admission() {
        return Optional.ofNullable(full);
    }

    @Override
    public void drain() {
        drained = true;
    }

    @Override
    public boolean awaitIdle(Duration most) {
        return true;
    }

    @Override
    public void giveUp() {
        givenUp = true;
        CountDownLatch latch = hold;
        refusal = new RefusedException(RefusedException.Reason.UNAVAILABLE, "given up");
        if (latch != null) {
            latch.countDown();
        }
    }

    @Override
    public Occupancy occupancy() {
        return new Occupancy(3, 256, 2, 4, 1, 5, 4096, 8192);
    }

    @Override
    public void close() {}
}
