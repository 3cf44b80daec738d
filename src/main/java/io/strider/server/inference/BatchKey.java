package io.strider.server.inference;

import io.strider.embedding.ImageSize;
import java.util.List;

/** What items that may be computed together have in common; the model's generation above all. */
sealed interface BatchKey {
    /** Who computes them. */
    ServedModel model();

    /** Pictures of one size. */
    record Pictures(ServedModel model, ImageSize size) implements BatchKey {}

    /** Rows of one shape, for the same outputs. */
    record Rows(ServedModel model, List<Long> shape, List<String> outputs) implements BatchKey {}

    /** One request, which cannot be joined with any other: equal to nothing but itself. */
    final class Alone implements BatchKey {
        private final ServedModel model;

        Alone(ServedModel model) {
            this.model = model;
        }

        @Override
        public ServedModel model() {
            return model;
        }
    }

    /** How many items may be computed together. */
    default int limit() {
        return this instanceof Alone ? 1 : model().maxBatch();
    }
}
