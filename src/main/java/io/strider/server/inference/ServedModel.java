package io.strider.server.inference;

import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.MissingPreprocessingException;
import io.strider.embedding.Picture;
import io.strider.embedding.Preprocessing;
import io.strider.graph.GraphInput;
import io.strider.graph.Session;
import io.strider.onnx.OnnxNetwork;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One generation of a model: what was loaded from its file at one time. Closed when it has been
 * retired and nobody uses it any more. Thread-safe.
 */
final class ServedModel {
    private final Session session;
    private final @Nullable ImageEmbedder embedder;
    private final int maxBatch;
    private final ModelOutputs outputs;
    private final ModelDescription description;

    private int uses;
    private boolean retired;

    /**
     * What all models have in common.
     *
     * @param maxBatch the most pictures or rows that are computed together
     * @param threads how many compute at once
     * @param memoryLimit bytes off the heap that runs of this model may take together; −1 for the
     *     default
     */
    record Settings(int maxBatch, int threads, long memoryLimit) {}

    /** Somebody's use of a model, until it is closed. */
    interface Lease extends AutoCloseable {
        /** The model. */
        ServedModel model();

        @Override
        void close();
    }

    private ServedModel(
            String name,
            int version,
            Settings settings,
            Session session,
            @Nullable ImageEmbedder embedder) {
        this.session = session;
        this.embedder = embedder;
        GraphInput first = session.inputs().isEmpty() ? null : session.inputs().getFirst();
        boolean freeBatch =
                first != null && first.shape().length > 0 && first.shape()[0] == GraphInput.FREE;
        this.maxBatch = freeBatch ? settings.maxBatch : 1;
        this.outputs = ModelOutputs.of(session, embedder);
        this.description =
                new ModelDescription(
                        name,
                        version,
                        embedder != null,
                        dimensions(embedder),
                        session.inputs(),
                        outputs.described());
    }

    private static OptionalInt dimensions(@Nullable ImageEmbedder embedder) {
        return embedder != null && embedder.preprocessing().fixedSize().isPresent()
                ? OptionalInt.of(embedder.dimensions())
                : OptionalInt.empty();
    }

    /**
     * Loads a model, for pictures if anything tells how they are prepared, else for tensors alone,
     * and runs it once.
     *
     * @param version the generation's number
     * @throws IOException if that cannot be done; the message begins with the model's name
     */
    static ServedModel load(ModelFile file, int version, Settings settings) throws IOException {
        try {
            return open(file, version, settings);
        } catch (IOException | IllegalArgumentException failure) {
            throw new IOException(
                    "model %s: %s".formatted(file.name(), failure.getMessage()), failure);
        } catch (OutOfMemoryError failure) {
            throw new IOException(
                    "model %s: there is no memory for it".formatted(file.name()), failure);
        }
    }

    private static ServedModel open(ModelFile file, int version, Settings settings)
            throws IOException {
        ImageEmbedder embedder = null;
        Session session = null;
        try {
            embedder = embedder(file, settings);
            session = embedder == null ? session(file, settings) : embedder.session();
            ServedModel model = new ServedModel(file.name(), version, settings, session, embedder);
            new ModelWarmUp(model).first();
            return model;
        } catch (Throwable failure) {
            if (embedder != null) {
                embedder.close();
            } else if (session != null) {
                session.close();
            }
            throw failure;
        }
    }

    private static @Nullable ImageEmbedder embedder(ModelFile file, Settings settings)
            throws IOException {
        ImageEmbedder.Builder builder =
                ImageEmbedder.builder()
                        .callerComputes(settings.threads)
                        .maxBatch(settings.maxBatch)
                        .allOutputs();
        if (file.path() != null) {
            builder.model(file.path());
        }
        if (settings.memoryLimit >= 0) {
            builder.memoryLimit(settings.memoryLimit);
        }
        ImageEmbedder embedder;
        try {
            embedder = builder.build();
        } catch (MissingPreprocessingException _) {
            return null;
        }
        long batch = embedder.session().inputs().getFirst().shape()[0];
        if (batch != GraphInput.FREE && batch != 1) {
            embedder.close(); // pictures come one by one, and such a network takes no single one
            return null;
        }
        return embedder;
    }

    private static Session session(ModelFile file, Settings settings) throws IOException {
        if (file.path() == null) {
            throw new IOException("the packaged model takes no pictures (expected: as built)");
        }
        OnnxNetwork network = OnnxNetwork.load(file.path());
        try {
            Session.Builder builder =
                    Session.builder(network.graph())
                            .concurrency(settings.threads)
                            .packingThreads(settings.threads)
                            .owns(network);
            if (settings.memoryLimit >= 0) {
                builder.memoryLimit(settings.memoryLimit);
            }
            return builder.build();
        } catch (Throwable failure) {
            network.close();
            throw failure;
        }
    }

    ModelDescription description() {
        return description;
    }

    String name() {
        return description.name();
    }

    /** The most items that are computed together. */
    int maxBatch() {
        return maxBatch;
    }

    Session session() {
        return session;
    }

    /** What the network gives. */
    ModelOutputs outputs() {
        return outputs;
    }

    /**
     * How pictures are prepared.
     *
     * @throws IllegalStateException if the model takes none
     */
    Preprocessing preprocessing() {
        return embedder().preprocessing();
    }

    /** The vectors of pictures of one size. */
    List<float[]> embed(List<Picture> pictures) {
        return embedder().embed(pictures);
    }

    private ImageEmbedder embedder() {
        if (embedder == null) {
            throw new IllegalStateException(name() + " takes no pictures");
        }
        return embedder;
    }

    /** Bytes off the heap that computations hold. */
    long nativeBytes() {
        return session.frameBytes();
    }

    /** Bytes off the heap that they may hold. */
    long nativeLimit() {
        return session.memoryLimit();
    }

    /** A use of this model; null if it is retired: there is another one, then. */
    synchronized @Nullable Lease lease() {
        if (retired) {
            return null;
        }
        uses++;
        return new Lease() {
            private boolean closed;

            @Override
            public ServedModel model() {
                return ServedModel.this;
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    release();
                }
            }
        };
    }

    private void release() {
        boolean last;
        synchronized (this) {
            uses--;
            last = retired && uses == 0;
        }
        if (last) {
            free();
        }
    }

    /** Lets nobody use this any more; it is closed when the last use ends. */
    void retire() {
        boolean last;
        synchronized (this) {
            last = !retired && uses == 0;
            retired = true;
        }
        if (last) {
            free();
        }
    }

    /** Whether it is retired and nobody uses it. */
    synchronized boolean isDone() {
        return retired && uses == 0;
    }

    private void free() {
        if (embedder != null) {
            embedder.close();
        } else {
            session.close();
        }
    }
}
