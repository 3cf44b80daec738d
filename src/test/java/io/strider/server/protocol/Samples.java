package io.strider.server.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.strider.graph.GraphInput;
import io.strider.server.inference.Embedded;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import java.util.List;
import java.util.OptionalInt;

/** What models of tests answer. */
final class Samples {
    static final ModelDescription FACES =
            new ModelDescription(
                    "faces",
                    2,
                    true,
                    OptionalInt.of(2),
                    List.of(new GraphInput("input", ElementType.FLOAT32, -1, 3, 7, 10)),
                    List.of(new GraphInput("vector", ElementType.FLOAT32, -1, 2)));

    private Samples() {}

    /** Pictures of {@link #FACES}, decoded in 1.5 ms, queued for 0.25 ms, computed in 3 ms. */
    static EmbeddedPictures embedded(Embedded... pictures) {
        return new EmbeddedPictures(FACES, List.of(pictures), 1_500_000, 250_999, 3_000_000);
    }

    static Embedded vector(float... values) {
        return Embedded.of(values);
    }

    static Embedded refused(Reason reason, String message) {
        return Embedded.refused(new RefusedException(reason, message));
    }

    /** A body as text. */
    static String text(Answer answer) {
        return new String(answer.body(), UTF_8);
    }
}
