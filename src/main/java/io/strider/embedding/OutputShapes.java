package io.strider.embedding;

import io.strider.graph.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The types of vectors that a network gave before, for the sizes of batches and pictures that came
 * last, as asking for one takes longer than remembering it. Thread-safe.
 */
final class OutputShapes {
    /** More than plans that a session keeps. */
    private static final int MOST = 64;

    /** The one that was used longest ago stands first. */
    private final Map<Key, TensorType> known = new LinkedHashMap<>(MOST, 1, true);

    private record Key(int batch, ImageSize size) {}

    /** What is known, or what {@code ask} gives. */
    TensorType get(int batch, ImageSize size, Supplier<TensorType> ask) {
        Key key = new Key(batch, size);
        @Nullable TensorType type;
        synchronized (known) {
            type = known.get(key);
        }
        if (type != null) {
            return type;
        }
        TensorType asked = ask.get();
        synchronized (known) {
            known.put(key, asked);
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return asked;
    }
}
