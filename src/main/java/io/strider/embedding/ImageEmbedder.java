package io.strider.embedding;

import io.strider.blas.Workers;
import io.strider.graph.Graph;
import io.strider.graph.Session;
import io.strider.graph.TensorType;
import io.strider.graph.Value;
import io.strider.onnx.OnnxNetwork;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns pictures into vectors: decodes, resizes, normalises, runs a network and scales its result
 * to length 1, so that the dot product of two vectors tells how alike their pictures are.
 *
 * {@snippet :
 * try (var embedder = ImageEmbedder.load(Path.of("model.onnx"))) {
 *     float[] vector = embedder.embed(Path.of("picture.jpg"));
 * }
 * }
 *
 * <p>How pictures are prepared is taken from the options, else from the model's metadata ({@link
 * Preprocessing#fromMetadata}), else from a {@code preprocessor_config.json} beside it.
 *
 * <p>Thread-safe: any number of threads may embed at the same time. The same batch gives the same
 * bits, whatever the number of threads. Closing waits for the calls under way; every call after
 * that is an {@link IllegalStateException}.
 */
public final class ImageEmbedder implements AutoCloseable {
    /** More than that gains nothing but needs more memory. */
    private static final int BATCH = 8;

    private final Session session;
    private final @Nullable Workers ownWorkers;
    private final ImageDecoder decoder;
    private final Preprocessing preprocessing;
    private final boolean normalized;
    private final int maxBatch;
    private final String input;
    private final String output;
    private final EmbeddingBuffers buffers;
    private final OutputShapes shapes;

    private ImageEmbedder(Builder builder, OnnxNetwork network, Preprocessing preprocessing) {
        this.decoder = new ImageDecoder(builder.limits);
        this.preprocessing = preprocessing;
        this.normalized = builder.normalized;
        this.maxBatch = builder.maxBatch;
        this.input = ModelPictures.of(network.graph(), preprocessing).input();
        String told = builder.output;
        this.output = told == null ? network.graph().outputs().getFirst() : told;
        Workers workers = builder.workers;
        this.ownWorkers =
                workers == null && !builder.callerComputes ? Workers.ofProcessors() : null;
        Session.Builder parts =
                Session.builder(network.graph())
                        .workers(workers == null ? ownWorkers : workers)
                        .outputs(builder.outputs(network.graph(), output))
                        .owns(network);
        if (builder.concurrency > 0) {
            parts.concurrency(builder.concurrency).packingThreads(builder.concurrency);
        }
        if (builder.memoryLimit >= 0) {
            parts.memoryLimit(builder.memoryLimit);
        }
        this.session = parts.build();
        this.shapes = new OutputShapes(session, input, output, preprocessing.channels());
        this.buffers = new EmbeddingBuffers(Runtime.getRuntime().availableProcessors());
    }

    /**
     * An embedder for a model, with the defaults of {@link Builder}.
     *
     * @param model an ONNX file with one input of pictures, N×C×H×W
     * @throws IOException if the file cannot be read, is no model that can be run, or nothing tells
     *     how pictures are to be prepared for it
     */
    public static ImageEmbedder load(Path model) throws IOException {
        return builder().model(model).build();
    }

    /**
     * An embedder for the packaged model, which knows faces: 150×150 pixels become 128 numbers, and
     * two pictures of one person have vectors less than 0.6 apart (before scaling).
     *
     * @throws IOException if the model is missing from the class path
     */
    public static ImageEmbedder ofFaces() throws IOException {
        return builder().build();
    }

    /** A builder of an embedder, at first for the packaged model. */
    public static Builder builder() {
        return new Builder();
    }

    /** How pictures are prepared. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /** The name of the network's value that becomes the vector. */
    public String output() {
        return output;
    }

    /**
     * The network, for runs on tensors instead of pictures. Its outputs are {@link #output} alone,
     * or with {@link Builder#allOutputs} the model's too. Closed when this is.
     */
    public Session session() {
        return session;
    }

    /** How many pictures are computed at once. */
    public int maxBatch() {
        return maxBatch;
    }

    /**
     * How many numbers a vector has, where that does not depend on the picture's size.
     *
     * @throws IllegalArgumentException if it does
     * @throws IllegalStateException if the embedder is closed
     */
    public int dimensions() {
        ImageSize size =
                preprocessing
                        .fixedSize()
                        .orElseThrow(() ->
                                Checks.refused(
                                        "preprocessing: %s (expected: a fixed size)",
                                        preprocessing));
        return Math.toIntExact(shapes.ask(1, size).elementCount());
    }

    /**
     * The vector of a picture in a file.
     *
     * @return a new array
     * @throws ImageFormatException if the file is no picture, or larger than the limits
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the embedder is closed
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public float[] embed(Path file) throws IOException {
        return embed(decoder.decode(file));
    }

    /**
     * The vector of a picture in memory.
     *
     * @param encoded what a picture's file holds; not modified
     * @return a new array
     * @throws ImageFormatException if the bytes are no picture, or larger than the limits
     * @throws IllegalStateException if the embedder is closed
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public float[] embed(byte[] encoded) throws ImageFormatException {
        return embed(decoder.decode(encoded, "picture"));
    }

    /**
     * The vector of a decoded picture.
     *
     * @return a new array
     * @throws IllegalStateException if the embedder is closed
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public float[] embed(Picture picture) {
        return embed(List.of(picture)).getFirst();
    }

    /**
     * The vectors of decoded pictures, computed in batches of at most {@link #maxBatch}.
     *
     * @return new arrays, in the order of the pictures
     * @throws IllegalStateException if the embedder is closed
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public List<float[]> embed(List<Picture> pictures) {
        List<float[]> vectors = new ArrayList<>(pictures.size());
        for (int first = 0; first < pictures.size(); ) {
            ImageSize size = preprocessing.outputSize(pictures.get(first));
            int end = first + 1;
            while (end < pictures.size()
                    && end - first < maxBatch
                    && preprocessing.outputSize(pictures.get(end)).equals(size)) {
                end++;
            }
            embed(pictures.subList(first, end), size, vectors);
            first = end;
        }
        return vectors;
    }

    private void embed(List<Picture> batch, ImageSize size, List<float[]> vectors) {
        int count = batch.size();
        TensorType type = shapes.get(count, size);
        try (EmbeddingBuffers.Loan loan = buffers.borrow()) {
            Tensor images =
                    loan.images(
                            batch.size(), preprocessing.channels(), size.height(), size.width());
            Tensor results = loan.results(type.shape());
            for (int i = 0; i < batch.size(); i++) {
                preprocessing.apply(batch.get(i), images, i);
            }
            session.run(Map.of(input, new Value.Floats(images)), Map.of(output, results));
            for (int i = 0; i < batch.size(); i++) {
                float[] vector = results.select(0, i).toArray();
                vectors.add(normalized ? unit(vector) : vector);
            }
        }
    }

    /** The vector scaled to length 1; one of zeros, or with what is no number, as it is. */
    private static float[] unit(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        double length = Math.sqrt(sum);
        if (length > 0 && length < Double.POSITIVE_INFINITY) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (vector[i] / length);
            }
        }
        return vector;
    }

    /** Waits for the calls under way and gives all memory back. Closing again is harmless. */
    @Override
    public void close() {
        session.close();
        buffers.close();
        if (ownWorkers != null) {
            ownWorkers.close();
        }
    }

    /** Collects the options of an embedder. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path model;
        private @Nullable Preprocessing preprocessing;
        private Map<String, String> imageEntries = Map.of();
        private @Nullable String output;
        private @Nullable Workers workers;
        private boolean callerComputes;
        private boolean normalized = true;
        private int maxBatch = BATCH;
        private int concurrency;
        private long memoryLimit = -1;
        private boolean allOutputs;
        private DecodingLimits limits = DecodingLimits.DEFAULT;

        private Builder() {}

        /** An ONNX file; the packaged model of faces by default. */
        public Builder model(Path model) {
            this.model = Objects.requireNonNull(model, "model");
            return this;
        }

        /** How pictures are prepared, whatever the model says. */
        public Builder preprocessing(Preprocessing preprocessing) {
            this.preprocessing = Objects.requireNonNull(preprocessing, "preprocessing");
            return this;
        }

        /**
         * Single settings of how pictures are prepared: entries as in {@link
         * Preprocessing#fromMetadata}, which stand in place of the model's own of the same names. A
         * {@code preprocessor_config.json} is then not read. Nothing if {@link #preprocessing} was
         * said.
         *
         * @param entries copied; by default there are none
         */
        public Builder imageEntries(Map<String, String> entries) {
            this.imageEntries = Map.copyOf(entries);
            return this;
        }

        /**
         * The value of the network that becomes the vector: an output or any value inside, such as
         * the pooled layer before a classifier. By default the first output.
         */
        public Builder output(String name) {
            this.output = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Whether vectors are scaled to length 1, as by default. */
        public Builder normalized(boolean normalized) {
            this.normalized = normalized;
            return this;
        }

        /** Who computes; stays the caller's. By default a pool of the embedder's own. */
        public Builder workers(Workers workers) {
            this.workers = Objects.requireNonNull(workers, "workers");
            this.callerComputes = false;
            return this;
        }

        /**
         * Lets the thread that calls compute, and nobody else: best where as many threads call as
         * there are processors. Only weights are packed by as many, when a size is met for the
         * first time.
         *
         * @param threads how many may compute at once, the others wait; at least 1
         * @throws IllegalArgumentException if it is less
         */
        public Builder callerComputes(int threads) {
            if (threads < 1) {
                throw Checks.refused("threads: %s (expected: >= 1)", threads);
            }
            this.workers = null;
            this.callerComputes = true;
            this.concurrency = threads;
            return this;
        }

        /**
         * How many pictures are computed at once, 1 to 1024; {@value ImageEmbedder#BATCH} by
         * default.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder maxBatch(int pictures) {
            Checks.range("pictures", pictures, 1, 1024);
            this.maxBatch = pictures;
            return this;
        }

        /**
         * Native memory that runs under way may take together, beside the weights; what needs more
         * for one run is refused. By default that of {@link Session.Builder#memoryLimit}.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder memoryLimit(long bytes) {
            if (bytes < 0) {
                throw Checks.refused("bytes: %s (expected: >= 0)", bytes);
            }
            this.memoryLimit = bytes;
            return this;
        }

        /**
         * Has the {@link ImageEmbedder#session} give all the model's outputs and not only the one
         * that becomes the vector. All of them are then computed for pictures too.
         */
        public Builder allOutputs() {
            this.allOutputs = true;
            return this;
        }

        /** How large pictures may be. */
        public Builder limits(DecodingLimits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /**
         * Loads the model.
         *
         * @throws IOException if it cannot be read, is no model that can be run, or nothing tells
         *     how pictures are to be prepared for it
         * @throws IllegalArgumentException if the model does not take pictures, or has no value of
         *     the output's name
         */
        public ImageEmbedder build() throws IOException {
            OnnxNetwork network = ModelPictures.network(model);
            try {
                return new ImageEmbedder(this, network, preprocessing(network));
            } catch (Throwable failure) {
                network.close();
                throw failure;
            }
        }

        private Preprocessing preprocessing(OnnxNetwork network) throws IOException {
            return preprocessing != null
                    ? preprocessing
                    : ModelPictures.preprocessing(network, imageEntries, model);
        }

        /** The session's outputs. */
        private String[] outputs(Graph graph, String own) {
            List<String> names = new ArrayList<>(allOutputs ? graph.outputs() : List.of());
            names.add(own);
            return names.stream().distinct().toArray(String[]::new);
        }
    }
}
