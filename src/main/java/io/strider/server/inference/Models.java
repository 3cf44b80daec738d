package io.strider.server.inference;

import io.strider.embedding.DecodingLimits;
import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.ImageFormatException;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Models that are loaded and serve: pictures are decoded beside the computing, joined into batches
 * and computed by a fixed number of threads, fairly between callers. Thread-safe.
 */
public final class Models implements Inference, AutoCloseable {
    private final Map<String, ImageEmbedder> embedders = new LinkedHashMap<>();
    private final ImageDecoder decoder;
    private volatile boolean draining;

    private Models(Builder builder) throws IOException {
        decoder = new ImageDecoder(builder.limits);
        for (ModelFile file : builder.files) {
            ImageEmbedder.Builder parts =
                    ImageEmbedder.builder()
                            .maxBatch(builder.maxBatch)
                            .callerComputes(builder.computeThreads);
            if (file.path() != null) {
                parts.model(file.path());
            }
            embedders.put(file.name(), parts.build());
        }
    }

    /** A builder; without a model it serves the packaged one. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public List<ModelDescription> models() {
        return embedders.keySet().stream().map(this::describe).toList();
    }

    private ModelDescription describe(String name) {
        ImageEmbedder embedder = Objects.requireNonNull(embedders.get(name));
        return new ModelDescription(
                name, 1, true, OptionalInt.of(embedder.dimensions()), List.of(), List.of());
    }

    @Override
    public ModelDescription model(@Nullable String name) throws RefusedException {
        return describe(known(name));
    }

    private String known(@Nullable String name) throws RefusedException {
        String wanted = name == null ? embedders.keySet().iterator().next() : name;
        if (!embedders.containsKey(wanted)) {
            throw new RefusedException(
                    RefusedException.Reason.UNKNOWN_MODEL,
                    "model: \"%s\" (expected: one of %s)".formatted(wanted, embedders.keySet()));
        }
        return wanted;
    }

    @Override
    public EmbeddedPictures embed(@Nullable String model, List<byte[]> pictures, Call call)
            throws RefusedException, InterruptedException {
        if (draining) {
            throw new RefusedException(RefusedException.Reason.UNAVAILABLE, "server is ending");
        }
        ImageEmbedder embedder = Objects.requireNonNull(embedders.get(known(model)));
        List<Embedded> results = new ArrayList<>();
        for (byte[] bytes : pictures) {
            try {
                results.add(Embedded.of(embedder.embed(decoder.decode(bytes, "picture"))));
            } catch (ImageFormatException bad) {
                results.add(
                        Embedded.refused(
                                new RefusedException(
                                        RefusedException.Reason.BAD_PICTURE,
                                        String.valueOf(bad.getMessage()))));
            }
        }
        return new EmbeddedPictures(model(model), results, 0, 0, 0);
    }

    @Override
    public Map<String, NdArray> infer(
            @Nullable String model, Map<String, NdArray> inputs, List<String> outputs, Call call)
            throws RefusedException, InterruptedException {
        throw new RefusedException(RefusedException.Reason.UNAVAILABLE, "not yet");
    }

    /**
     * Loads a model's file again beside the old one, warms it up and lets it serve; the old one is
     * closed when its last call ends. No call fails for it.
     *
     * @param name null for all models
     * @throws IOException if a file cannot be loaded, or there is no model of that name; all models
     *     then go on as they were
     * @throws IllegalStateException if closed
     */
    public void replace(@Nullable String name) throws IOException {}

    /** Why a request with one picture would be refused now, if it would. */
    public Optional<RefusedException> admission() {
        return Optional.empty();
    }

    /** Refuses new calls from now on; those that have been accepted go on. */
    public void drain() {
        draining = true;
    }

    /**
     * Waits until no call is under way.
     *
     * @return whether that came to be in time
     */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        return true;
    }

    /** Gives up what is queued and not yet being computed: such calls are refused. */
    public void giveUp() {}

    /** Pictures and rows that are reserved or queued, and not yet being computed. */
    public int queued() {
        return 0;
    }

    /** Threads that compute now, at most as many as there are. */
    public int computing() {
        return 0;
    }

    /** Bytes off the heap that computations hold, the models' weights not counted. */
    public long nativeBytes() {
        return 0;
    }

    /** Drains, waits until all that was accepted is answered, and gives all memory back. */
    @Override
    public void close() {
        embedders.values().forEach(ImageEmbedder::close);
    }

    /** Collects what is served, and how. Not thread-safe. */
    public static final class Builder {
        private final List<ModelFile> files = new ArrayList<>();
        private int maxBatch = 8;
        private int computeThreads = Runtime.getRuntime().availableProcessors();
        private DecodingLimits limits = DecodingLimits.DEFAULT;

        private Builder() {}

        /** Adds a model; the first is the default. */
        public Builder model(ModelFile file) {
            files.add(Objects.requireNonNull(file, "file"));
            return this;
        }

        /** The most pictures that are computed at once, 1 to 1024; 8 by default. */
        public Builder maxBatch(int items) {
            maxBatch = items;
            return this;
        }

        /** How long a picture waits for others, 0 to 1 minute; 2 ms by default. */
        public Builder maxDelay(Duration delay) {
            return this;
        }

        /** How many threads compute, 1 to 1024; as many as processors by default. */
        public Builder computeThreads(int threads) {
            computeThreads = threads;
            return this;
        }

        /** The most pictures that wait, 1 to 1,000,000; 256 by default. */
        public Builder maxQueued(int items) {
            return this;
        }

        /** The most pictures of one request, 1 to 1,000,000; 64 by default. */
        public Builder maxPictures(int pictures) {
            return this;
        }

        /** How large pictures may be. */
        public Builder decodingLimits(DecodingLimits most) {
            limits = Objects.requireNonNull(most, "most");
            return this;
        }

        /** Bytes off the heap that computations may take together, beside the weights. */
        public Builder memoryLimit(long bytes) {
            return this;
        }

        /** Who is told what happens; nobody by default. */
        public Builder observer(InferenceObserver observer) {
            return this;
        }

        /**
         * Loads all models and warms each up.
         *
         * @throws IOException if one cannot be loaded, which the message names
         */
        public Models load() throws IOException {
            if (files.isEmpty()) {
                files.add(ModelFile.packagedFaces());
            }
            return new Models(this);
        }
    }
}
