package io.strider.server.http;

import io.strider.server.inference.Call;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.Inference;
import io.strider.server.inference.ManagedInference;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Models that may still be loading: the server is reachable before they are there, and says so.
 * Thread-safe.
 */
final class StartingInference implements Inference {
    private volatile @Nullable ManagedInference models;
    private volatile boolean ending;

    /** They are loaded and warm. */
    void ready(ManagedInference loaded) {
        models = loaded;
    }

    /** New requests are refused from now on. */
    void end() {
        ending = true;
    }

    boolean isEnding() {
        return ending;
    }

    /** Whether requests are answered. */
    boolean isReady() {
        return models != null && !ending;
    }

    /** The models, once they are loaded. */
    Optional<ManagedInference> loaded() {
        return Optional.ofNullable(models);
    }

    /**
     * Whether a request may hope for an answer, asked before its body is read.
     *
     * @throws RefusedException if not
     */
    void admit() throws RefusedException {
        Optional<RefusedException> refusal = current().admission();
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    private ManagedInference current() throws RefusedException {
        ManagedInference loaded = models;
        if (ending) {
            throw new RefusedException(
                    RefusedException.Reason.UNAVAILABLE,
                    "the server is ending (expected: another one)");
        }
        if (loaded == null) {
            throw new RefusedException(
                    RefusedException.Reason.UNAVAILABLE,
                    "the models are being loaded (expected: later)");
        }
        return loaded;
    }

    /** Empty while they are loading. */
    @Override
    public List<ModelDescription> models() {
        ManagedInference loaded = models;
        return loaded == null ? List.of() : loaded.models();
    }

    @Override
    public ModelDescription model(@Nullable String name) throws RefusedException {
        return current().model(name);
    }

    @Override
    public EmbeddedPictures embed(@Nullable String model, List<byte[]> pictures, Call call)
            throws RefusedException, InterruptedException {
        return accepted().embed(model, pictures, call);
    }

    @Override
    public Map<String, NdArray> infer(
            @Nullable String model, Map<String, NdArray> inputs, List<String> outputs, Call call)
            throws RefusedException, InterruptedException {
        return accepted().infer(model, inputs, outputs, call);
    }

    /** A request whose body has been read is finished also while the server is ending. */
    private ManagedInference accepted() throws RefusedException {
        ManagedInference loaded = models;
        return loaded == null ? current() : loaded;
    }
}
