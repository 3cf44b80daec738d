package io.strider.server.inference;

import io.strider.server.inference.RefusedException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The models by name, each in its newest generation. Thread-safe. */
final class ModelRegistry implements AutoCloseable {
    private final List<ModelFile> files;
    private final ServedModel.Settings settings;

    /** Held while models are loaded, so that two do not load the same. */
    private final ReentrantLock loading = new ReentrantLock();

    /** In the order of the files; never modified. */
    private volatile Map<String, ServedModel> models;

    private final Thread warmUp;
    private boolean closed;

    /**
     * Loads all models.
     *
     * @throws IOException if one cannot be loaded; those that were are closed
     */
    ModelRegistry(List<ModelFile> files, ServedModel.Settings settings) throws IOException {
        this.files = List.copyOf(files);
        this.settings = settings;
        this.models = loaded(this.files, Map.of());
        this.warmUp = Thread.ofPlatform().name("strider-warm-up").daemon().start(this::warmUp);
    }

    /** Beside the first requests, which need not wait for it; ends early if interrupted. */
    private void warmUp() {
        for (ServedModel model : models.values()) {
            try (ServedModel.Lease lease = model.lease()) {
                if (lease != null) {
                    new ModelWarmUp(model).rest();
                }
            } catch (CancellationException _) {
                return;
            } catch (RuntimeException | OutOfMemoryError _) {
                // Requests that need such batches will be told.
            }
        }
    }

    private Map<String, ServedModel> loaded(List<ModelFile> wanted, Map<String, ServedModel> old)
            throws IOException {
        Map<String, ServedModel> fresh = new LinkedHashMap<>();
        try {
            for (ModelFile file : wanted) {
                ServedModel before = old.get(file.name());
                int version = before == null ? 1 : before.description().version() + 1;
                ServedModel model = ServedModel.load(file, version, settings);
                fresh.put(file.name(), model);
                if (before != null) {
                    new ModelWarmUp(model).rest(); // which takes its time, but the old one serves
                }
            }
        } catch (Throwable failure) {
            fresh.values().forEach(ServedModel::retire);
            throw failure;
        }
        return fresh;
    }

    /** The newest generations, the default model first. */
    Collection<ServedModel> all() {
        return models.values();
    }

    /** One of them; the default model for null. */
    ServedModel get(@Nullable String name) throws RefusedException {
        Map<String, ServedModel> now = models;
        ServedModel model = name == null ? now.values().iterator().next() : now.get(name);
        if (model == null) {
            throw new RefusedException(
                    Reason.UNKNOWN_MODEL,
                    "model: \"%s\" (expected: one of %s)".formatted(name, now.keySet()));
        }
        return model;
    }

    /**
     * A use of a model; not to be called once this is closed.
     *
     * @param name null for the default model
     */
    ServedModel.Lease lease(@Nullable String name) throws RefusedException {
        while (true) {
            ServedModel.Lease lease = get(name).lease();
            if (lease != null) {
                return lease;
            }
            Thread.onSpinWait(); // replaced between the two: the next look finds its successor
        }
    }

    /**
     * Loads models again and lets them take the place of the old ones, all or none.
     *
     * @param name null for all
     * @return what now serves in their place
     * @throws IOException if one cannot be loaded or there is no such model
     * @throws IllegalStateException if this is closed
     */
    List<ServedModel> replace(@Nullable String name) throws IOException {
        List<ModelFile> wanted =
                files.stream().filter(file -> name == null || file.name().equals(name)).toList();
        if (wanted.isEmpty()) {
            throw new IOException(
                    "model: \"%s\" (expected: one of %s)".formatted(name, models.keySet()));
        }
        loading.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the models are closed");
            }
            Map<String, ServedModel> fresh = loaded(wanted, models);
            Map<String, ServedModel> all = new LinkedHashMap<>(models);
            List<ServedModel> old = new ArrayList<>();
            fresh.forEach((key, model) -> {
                ServedModel before = all.put(key, model);
                if (before != null) {
                    old.add(before);
                }
            });
            models = Collections.unmodifiableMap(all);
            old.forEach(ServedModel::retire); // after the swap: whoever is refused finds the new
            return List.copyOf(fresh.values());
        } finally {
            loading.unlock();
        }
    }

    /** Closes each model when its last use ends. */
    @Override
    public void close() {
        loading.lock();
        try {
            closed = true;
            models.values().forEach(ServedModel::retire);
        } finally {
            loading.unlock();
        }
        endWarmUp();
    }

    /** It uses a model, whose memory is given back only then. */
    private void endWarmUp() {
        warmUp.interrupt();
        boolean interrupted = false;
        while (warmUp.isAlive()) {
            try {
                warmUp.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
