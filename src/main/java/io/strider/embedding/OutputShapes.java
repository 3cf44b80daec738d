package io.strider.embedding;

import io.strider.graph.Session;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The types of a network's vectors. Those for the sizes of batches and pictures that came last are
 * remembered, as asking the network takes longer. Thread-safe.
 */
final class OutputShapes {
    /** More than the plans that a session keeps. */
    static final int MOST = 64;

    private final Session session;
    private final String input;
    private final String output;
    private final int channels;

    /** The one that was used longest ago stands first. */
    private final Map<Key, TensorType> known = new LinkedHashMap<>(MOST, 0.75f, true);

    private record Key(int batch, ImageSize size) {}

    /**
     * For a network.
     *
     * @param input the name of the pictures
     * @param output the name of the vectors
     * @param channels of the pictures
     */
    OutputShapes(Session session, String input, String output, int channels) {
        this.session = session;
        this.input = input;
        this.output = output;
        this.channels = channels;
    }

    /** The type of the vectors of a batch, remembered; the network may have been closed since. */
    TensorType get(int batch, ImageSize size) {
        Key key = new Key(batch, size);
        synchronized (known) {
            TensorType type = known.get(key);
            if (type != null) {
                return type;
            }
        }
        TensorType asked = ask(batch, size);
        synchronized (known) {
            known.put(key, asked);
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return asked;
    }

    /** How many are remembered. */
    int count() {
        synchronized (known) {
            return known.size();
        }
    }

    /**
     * The type of the vectors of a batch, whose first dimension is proven to be the batch.
     *
     * @throws IllegalArgumentException if the network refuses the pictures or gives no vectors
     * @throws IllegalStateException if the network is closed
     */
    TensorType ask(int batch, ImageSize size) {
        TensorType pictures =
                new TensorType(ElementType.FLOAT32, batch, channels, size.height(), size.width());
        TensorType type =
                Objects.requireNonNull(session.outputTypes(Map.of(input, pictures)).get(output));
        if (type.type() != ElementType.FLOAT32 || type.rank() < 1 || type.shape()[0] != batch) {
            throw Checks.refused(
                    "output: \"%s\", %s for %s pictures (expected: float32 numbers, a row for each"
                            + " picture)",
                    output, type, batch);
        }
        return type;
    }
}
