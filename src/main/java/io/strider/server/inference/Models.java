package io.strider.server.inference;

import io.strider.embedding.DecodingLimits;
import io.strider.embedding.ImageDecoder;
import io.strider.embedding.Picture;
import io.strider.server.batching.Batcher;
import io.strider.server.batching.BatcherOptions;
import io.strider.server.batching.Computation;
import io.strider.server.batching.Reservation;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Models that are loaded and serve. Two stages, each a {@link Batcher}: a few threads decode
 * pictures one by one, a few compute them in batches, fairly between callers. A request has places
 * for all its pictures before the first is decoded, or is refused at once.
 *
 * <p>A batch's vectors have the bits that {@link io.strider.embedding.ImageEmbedder#embed(List)}
 * gives for the same batch.
 *
 * <p>Thread-safe. Calls wait, best on virtual threads; nothing is computed by the threads that
 * call.
 */
public final class Models implements ManagedInference {
    /** As many pictures as a request may have at all, since each takes memory to tell of. */
    public static final int MOST_PICTURES = 10_000;

    private final int maxPictures;
    private final InferenceObserver observer;
    private final CallGate gate = new CallGate();
    private final PixelBudget pixels = PixelBudget.ofHeap();
    private final ModelRegistry registry;
    private final Batcher<ServedModel, DecodingRun.Encoded, Picture> decoding;
    private final Batcher<BatchKey, Work, Work.Product> computing;

    private Models(Builder builder, ModelRegistry registry, BatcherOptions computeOptions) {
        this.maxPictures = builder.maxPictures;
        this.observer = Objects.requireNonNull(builder.observer.get(), "observer");
        this.registry = registry;
        this.computing =
                Batcher.start(
                        computeOptions,
                        BatchKey::limit,
                        builder.around.apply(new BatchRun(observer)));
        this.decoding =
                Batcher.start(
                        new BatcherOptions(
                                "strider-decode",
                                Runtime.getRuntime().availableProcessors(),
                                1,
                                Duration.ZERO,
                                builder.maxQueued),
                        _ -> 1,
                        new DecodingRun(new ImageDecoder(builder.limits)));
    }

    /** A builder; without a model it serves the packaged one. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public List<ModelDescription> models() {
        return registry.all().stream().map(ServedModel::description).toList();
    }

    @Override
    public ModelDescription model(@Nullable String name) throws RefusedException {
        return registry.get(name).description();
    }

    @Override
    public EmbeddedPictures embed(@Nullable String model, List<byte[]> pictures, Call call)
            throws RefusedException, InterruptedException {
        List<byte[]> all = List.copyOf(pictures);
        try (CallGate.Pass _ = gate.enter();
                ServedModel.Lease lease = registry.lease(model)) {
            requirePictures(lease.model(), all.size());
            try (Reservation<BatchKey, Work, Work.Product> places =
                            places(computing, call, all.size());
                    Reservation<ServedModel, DecodingRun.Encoded, Picture> decoders =
                            places(decoding, call, all.size())) {
                return new PictureRequest(lease.model(), all, pixels, observer)
                        .run(decoders, places);
            }
        } catch (RefusedException refusal) {
            throw told(model, refusal);
        }
    }

    private void requirePictures(ServedModel model, int count) throws RefusedException {
        if (!model.description().takesPictures()) {
            throw new RefusedException(
                    Reason.BAD_REQUEST,
                    "model \"%s\": takes tensors (expected: one that takes pictures)"
                            .formatted(model.name()));
        }
        if (count == 0) {
            throw new RefusedException(Reason.BAD_REQUEST, "pictures: none (expected: at least 1)");
        }
        if (count > maxPictures) {
            throw new RefusedException(
                    Reason.TOO_LARGE,
                    "pictures: %s (expected: at most %s in a request)"
                            .formatted(count, maxPictures));
        }
    }

    /** Reserves places for a request's items, or refuses it. */
    private <K, T, R> Reservation<K, T, R> places(Batcher<K, T, R> stage, Call call, int items)
            throws RefusedException {
        int capacity = stage.options().capacity();
        if (items > capacity) {
            throw new RefusedException(
                    Reason.TOO_LARGE,
                    "request: %s items (expected: at most %s, which the queue holds)"
                            .formatted(items, capacity));
        }
        if (call.remainingNanos() <= 0) {
            throw Refusals.deadline("request");
        }
        try {
            return stage.reserve(call.caller(), items, call.deadlineNanos())
                    .orElseThrow(Models::queueFull);
        } catch (RejectedExecutionException _) { // given up since the call came in
            throw CallGate.refusal();
        }
    }

    private static RefusedException queueFull() {
        return new RefusedException(Reason.QUEUE_FULL, "the queue is full (expected: later)");
    }

    @Override
    public Map<String, NdArray> infer(
            @Nullable String model, Map<String, NdArray> inputs, List<String> outputs, Call call)
            throws RefusedException, InterruptedException {
        Map<String, NdArray> given = new LinkedHashMap<>(inputs);
        try (CallGate.Pass _ = gate.enter();
                ServedModel.Lease lease = registry.lease(model)) {
            TensorRequest request = new TensorRequest(lease.model(), given, outputs);
            try (Reservation<BatchKey, Work, Work.Product> places =
                    places(computing, call, request.items())) {
                return request.run(places, observer);
            }
        } catch (RefusedException refusal) {
            throw told(model, refusal);
        }
    }

    private RefusedException told(@Nullable String asked, RefusedException refusal) {
        String name;
        try {
            name = registry.get(asked).name();
        } catch (RefusedException _) {
            name = InferenceObserver.UNKNOWN; // a name of the sender's own does not get far
        }
        observer.refused(name, refusal.reason());
        return refusal;
    }

    /**
     * Loads a model's file again beside the old one, warms it up and lets it serve; the old one is
     * closed when its last call ends. No call fails for it.
     *
     * @param name null for all models, of which then all are replaced or none
     * @throws IOException if a file cannot be loaded, or there is no model of that name; all models
     *     then go on as they were
     * @throws IllegalStateException if closed
     */
    @Override
    public void replace(@Nullable String name) throws IOException {
        registry.replace(name).forEach(model -> observer.replaced(model.description()));
    }

    /** Why a request with one picture would be refused now, if it would. */
    @Override
    public Optional<RefusedException> admission() {
        if (gate.isShut()) {
            return Optional.of(CallGate.refusal());
        }
        return computing.free() < 1 ? Optional.of(queueFull()) : Optional.empty();
    }

    /** Refuses new calls from now on; those that have been accepted go on. */
    @Override
    public void drain() {
        gate.shut();
    }

    /**
     * Waits until no call is under way, and nothing is computed for one that was given up.
     *
     * @return whether that came to be in time
     * @throws InterruptedException if this thread is interrupted
     */
    @Override
    public boolean awaitIdle(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        return gate.awaitEmpty(most.toNanos(), TimeUnit.NANOSECONDS)
                && decoding.awaitIdle(end - System.nanoTime(), TimeUnit.NANOSECONDS)
                && computing.awaitIdle(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /**
     * Gives up what is queued and not yet being decoded or computed: its callers are told {@link
     * Reason#UNAVAILABLE}. Also drains.
     */
    @Override
    public void giveUp() {
        gate.shut();
        decoding.giveUp();
        computing.giveUp();
    }

    @Override
    public Occupancy occupancy() {
        return new Occupancy(
                computing.waiting(),
                computing.options().capacity(),
                computing.busyLanes(),
                computing.options().lanes(),
                decoding.busyLanes(),
                decoding.options().lanes(),
                registry.all().stream().mapToLong(ServedModel::nativeBytes).sum(),
                registry.all().stream().mapToLong(ServedModel::nativeLimit).sum());
    }

    /**
     * Drains, waits until all that was accepted is answered, and gives all memory back. Closing
     * again is harmless.
     */
    @Override
    public void close() {
        gate.shut();
        gate.awaitEmpty();
        decoding.close();
        computing.close();
        registry.close();
    }

    /** Collects what is served, and how. Not thread-safe. */
    public static final class Builder {
        private final List<ModelFile> files = new ArrayList<>();
        private int maxBatch = 8;
        private Duration maxDelay = Duration.ofMillis(2);
        private int computeThreads = Runtime.getRuntime().availableProcessors();
        private int maxQueued = 256;
        private int maxPictures = 64;
        private long memoryLimit = -1;
        private DecodingLimits limits = DecodingLimits.DEFAULT;
        private Supplier<? extends InferenceObserver> observer = () -> InferenceObserver.NOBODY;
        private UnaryOperator<Computation<BatchKey, Work, Work.Product>> around =
                UnaryOperator.identity();

        private Builder() {}

        /** Adds a model; the first is the default. */
        public Builder model(ModelFile file) {
            files.add(Objects.requireNonNull(file, "file"));
            return this;
        }

        /** The most pictures that are computed together, 1 to 1024; 8 by default. */
        public Builder maxBatch(int items) {
            maxBatch = items;
            return this;
        }

        /** How long a picture waits for others, 0 to 1 minute; 2 ms by default. */
        public Builder maxDelay(Duration delay) {
            maxDelay = Objects.requireNonNull(delay, "delay");
            return this;
        }

        /** How many threads compute, 1 to 1024; as many as processors by default. */
        public Builder computeThreads(int threads) {
            computeThreads = threads;
            return this;
        }

        /** The most pictures and rows that wait, 1 to 1,000,000; 256 by default. */
        public Builder maxQueued(int items) {
            maxQueued = items;
            return this;
        }

        /** The most pictures of one request, 1 to {@link #MOST_PICTURES}; 64 by default. */
        public Builder maxPictures(int pictures) {
            maxPictures = pictures;
            return this;
        }

        /** How large pictures may be. */
        public Builder decodingLimits(DecodingLimits most) {
            limits = Objects.requireNonNull(most, "most");
            return this;
        }

        /**
         * Bytes off the heap that computations of all models may take together, beside the weights;
         * each model has an equal share. What needs more is refused. By default each may take as
         * much as the Java heap may, but at least 1 GiB.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder memoryLimit(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException(
                        "memoryLimit: %s (expected: >= 0)".formatted(bytes));
            }
            memoryLimit = bytes;
            return this;
        }

        /** Who is told what happens; nobody by default. */
        public Builder observer(InferenceObserver told) {
            Objects.requireNonNull(told, "told");
            return observer(() -> told);
        }

        /**
         * The same, asked for once the models are loaded: whoever is told may be made meanwhile.
         */
        public Builder observer(Supplier<? extends InferenceObserver> told) {
            observer = Objects.requireNonNull(told, "told");
            return this;
        }

        /** What stands between the queue and the networks, nothing by default: faults of tests. */
        Builder around(UnaryOperator<Computation<BatchKey, Work, Work.Product>> computing) {
            around = Objects.requireNonNull(computing, "computing");
            return this;
        }

        /**
         * Loads all models and warms each up.
         *
         * @throws IOException if one cannot be loaded, which the message names; those that were are
         *     closed
         * @throws IllegalArgumentException if two models have one name, or an option is out of its
         *     range
         */
        public Models load() throws IOException {
            if (maxPictures < 1 || maxPictures > MOST_PICTURES) {
                throw new IllegalArgumentException(
                        "maxPictures: %d (expected: 1 to %d)"
                                .formatted(maxPictures, MOST_PICTURES));
            }
            List<ModelFile> wanted =
                    files.isEmpty() ? List.of(ModelFile.packagedFaces()) : List.copyOf(files);
            Set<String> names = new HashSet<>();
            for (ModelFile file : wanted) {
                if (!names.add(file.name())) {
                    throw new IllegalArgumentException(
                            "model's name: \"%s\" twice (expected: one for each)"
                                    .formatted(file.name()));
                }
            }
            BatcherOptions options =
                    new BatcherOptions(
                            "strider-compute", computeThreads, maxBatch, maxDelay, maxQueued);
            long share = memoryLimit < 0 ? -1 : memoryLimit / wanted.size();
            ServedModel.Settings settings =
                    new ServedModel.Settings(maxBatch, computeThreads, share);
            ModelRegistry registry = new ModelRegistry(wanted, settings);
            try {
                return new Models(this, registry, options);
            } catch (Throwable failure) {
                registry.close();
                throw failure;
            }
        }
    }
}
