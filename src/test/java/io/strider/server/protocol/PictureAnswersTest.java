package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static io.strider.server.protocol.Samples.embedded;
import static io.strider.server.protocol.Samples.refused;
import static io.strider.server.protocol.Samples.text;
import static io.strider.server.protocol.Samples.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers of {@code /embed} and {@code /compare}, byte for byte. */
class PictureAnswersTest {
    private static final String TIMINGS =
            "\"timings\":{\"decode_ms\":1.5,\"queue_ms\":0.25,\"compute_ms\":3.0}";
    private static final PictureRequest ONE =
            new PictureRequest(null, true, List.of(""), List.of(new byte[1]));

    private static PictureRequest several(String... names) {
        return new PictureRequest(
                null, false, List.of(names), Collections.nCopies(names.length, new byte[1]));
    }

    @Test
    void onePictureHasOneVector() throws RefusedException {
        Answer answer = PictureAnswers.embed(ONE, embedded(vector(0.6f, -0.8f)), "*/*");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).isEqualTo("application/json");
        assertThat(answer.headers()).isEmpty();
        assertThat(text(answer))
                .isEqualTo(
                        "{\"model\":\"faces\",\"dimensions\":2,\"embedding\":[0.6,-0.8],"
                                + TIMINGS
                                + "}");
        assertRefused(
                Reason.BAD_PICTURE,
                () -> PictureAnswers.embed(ONE, embedded(refused(Reason.BAD_PICTURE, "no")), null),
                "no");
    }

    @Test
    void aBadPictureStandsBesideItsNeighbours() throws RefusedException {
        Answer answer =
                PictureAnswers.embed(
                        several("Zoë.png", "", "c\"d"),
                        embedded(
                                refused(Reason.BAD_PICTURE, "no picture: \ud800"),
                                vector(1, 0),
                                vector(Float.NaN, Float.NEGATIVE_INFINITY)),
                        null);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer))
                .isEqualTo(
                        "{\"model\":\"faces\",\"dimensions\":2,\"embeddings\":["
                                + "{\"name\":\"Zoë.png\",\"error\":{\"message\":\"no picture: ?\","
                                + "\"reason\":\"bad_picture\"}},"
                                + "{\"embedding\":[1.0,0.0]},"
                                + "{\"name\":\"c\\\"d\",\"embedding\":[null,null]}],"
                                + TIMINGS
                                + "}");
    }

    @Test
    void ifAllPicturesAreBadTheFirstSaysTheStatus() throws RefusedException {
        Answer answer =
                PictureAnswers.embed(
                        several("a"), embedded(refused(Reason.TOO_LARGE, "large")), null);
        assertThat(answer.status()).isEqualTo(413);
        String error = "\"error\":{\"message\":\"large\",\"reason\":\"too_large\"}";
        assertThat(text(answer))
                .isEqualTo(
                        "{\"model\":\"faces\","
                                + error
                                + ",\"embeddings\":[{\"name\":\"a\","
                                + error
                                + "}],"
                                + TIMINGS
                                + "}");
        assertRefused(
                Reason.OUT_OF_MEMORY,
                () ->
                        PictureAnswers.embed(
                                several("a"), embedded(refused(Reason.OUT_OF_MEMORY, "x")), null),
                "picture 0 (a): x");
    }

    @Test
    void rowsOfBytesAreAnsweredToWhoAsksForThem() throws RefusedException {
        Answer answer =
                PictureAnswers.embed(
                        several("", ""),
                        embedded(vector(1, 2), vector(3, Float.NaN)),
                        "Application/Octet-Stream");
        assertThat(answer.type()).isEqualTo("application/octet-stream");
        assertThat(answer.headers()).containsExactly(java.util.Map.entry("X-Dimensions", "2"));
        ByteBuffer rows = ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(rows.remaining()).isEqualTo(16);
        assertThat(new float[] {rows.getFloat(), rows.getFloat(), rows.getFloat()})
                .containsExactly(1, 2, 3);
        assertThat(rows.getFloat()).isNaN();
        assertThat(
                        PictureAnswers.embed(
                                        ONE,
                                        embedded(vector(1)),
                                        "application/json, application/octet-stream;q=0.1")
                                .type())
                .isEqualTo("application/json");
        assertRefused(
                Reason.BAD_PICTURE,
                () ->
                        PictureAnswers.embed(
                                several("", "b"),
                                embedded(vector(1), refused(Reason.BAD_PICTURE, "no")),
                                "application/octet-stream"),
                "picture 1 (b): no");
    }

    @Test
    void numbersAreTheShortestThatReadBackTheSame() throws RefusedException {
        Random random = new Random(11);
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        values[0] = Float.MIN_VALUE;
        values[1] = -Float.MAX_VALUE;
        values[2] = -0f;
        values[3] = 1.0E10f;
        JsonNode numbers =
                new JsonMapper()
                        .readTree(PictureAnswers.embed(ONE, embedded(vector(values)), null).body())
                        .get("embedding");
        assertThat(numbers.size()).isEqualTo(values.length);
        for (int i = 0; i < values.length; i++) {
            if (Float.isFinite(values[i])) {
                String text = numbers.get(i).asString();
                assertThat(Float.parseFloat(text)).as("seed 11, %d", i).isEqualTo(values[i]);
                assertThat(text.length()).isLessThan(JsonOutput.FLOAT_LENGTH);
            } else {
                assertThat(numbers.get(i).isNull()).isTrue();
            }
        }
    }

    @Test
    void comparesAllPairs() throws RefusedException {
        Answer answer =
                PictureAnswers.compare(
                        several("a", "", "c"),
                        embedded(vector(1, 0), vector(0.6f, 0.8f), vector(-1.0000001f, 0)));
        assertThat(text(answer))
                .isEqualTo(
                        "{\"model\":\"faces\",\"names\":[\"a\",null,\"c\"],\"similarity\":["
                                + "[1.0,0.6,-1.0],[0.6,1.0,-0.6000001],[-1.0,-0.6000001,1.0]],"
                                + TIMINGS
                                + "}");
        assertThat(
                        text(
                                PictureAnswers.compare(
                                        several("", ""), embedded(vector(Float.NaN), vector(1)))))
                .contains("[[null,null],[null,1.0]]");
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        assertRefused(() -> PictureAnswers.compare(ONE, embedded(vector(1))), "at least 2");
        assertRefused(
                Reason.BAD_PICTURE,
                () ->
                        PictureAnswers.compare(
                                several("a", ""),
                                embedded(vector(1), refused(Reason.BAD_PICTURE, "no"))),
                "picture 1: no");
        assertRefused(
                () -> PictureAnswers.compare(several("a", "b"), embedded(vector(1), vector(1, 2))),
                "picture 1 (b): 2 numbers (expected: 1");
    }
}
