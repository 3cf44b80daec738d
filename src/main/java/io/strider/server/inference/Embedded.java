package io.strider.server.inference;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What became of one picture of a request: its vector, or why it has none. Immutable. */
public final class Embedded {
    private final float @Nullable [] vector;
    private final @Nullable RefusedException refusal;

    private Embedded(float @Nullable [] vector, @Nullable RefusedException refusal) {
        this.vector = vector;
        this.refusal = refusal;
    }

    /**
     * A picture that was computed.
     *
     * @param vector not copied: neither side may write to it
     */
    public static Embedded of(float[] vector) {
        return new Embedded(Objects.requireNonNull(vector, "vector"), null);
    }

    /** A picture that was refused; others of the same request may have been computed. */
    public static Embedded refused(RefusedException refusal) {
        return new Embedded(null, Objects.requireNonNull(refusal, "refusal"));
    }

    /** Why there is no vector; null if there is one. */
    public @Nullable RefusedException refusal() {
        return refusal;
    }

    /**
     * The vector, which may not be written to.
     *
     * @throws RefusedException if there is none
     */
    public float[] vector() throws RefusedException {
        if (vector == null) {
            throw Objects.requireNonNull(refusal);
        }
        return vector;
    }
}
