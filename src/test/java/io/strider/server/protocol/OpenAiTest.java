package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static io.strider.server.protocol.Samples.FACES;
import static io.strider.server.protocol.Samples.embedded;
import static io.strider.server.protocol.Samples.refused;
import static io.strider.server.protocol.Samples.text;
import static io.strider.server.protocol.Samples.vector;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers in OpenAI's schema. */
class OpenAiTest {
    private static OpenAiRequest read(String body) throws RefusedException {
        return OpenAiRequest.read(body.getBytes(UTF_8), 2);
    }

    @Test
    void readsWhatClientsSend() throws RefusedException {
        OpenAiRequest request =
                read(
                        "{\"input\":[\"data:image/png;base64,AQID\",\"BA\"],\"model\":\"faces\","
                                + "\"encoding_format\":\"base64\",\"dimensions\":2,\"user\":\"u\","
                                + "\"other\":{\"deep\":[{\"a\":1},[],null]}}");
        assertThat(request.model()).isEqualTo("faces");
        assertThat(request.base64()).isTrue();
        assertThat(request.dimensions()).isEqualTo(2);
        assertThat(request.pictures()).hasSize(2);
        assertThat(request.pictures().get(1)).containsExactly(4);
    }

    @Test
    void allButTheInputMayBeLeftOut() throws RefusedException {
        OpenAiRequest bare = read("{\"input\":\"AQID\"}");
        OpenAiRequest nulls =
                read(
                        "{\"input\":\"AQID\",\"model\":null,\"encoding_format\":null,"
                                + "\"dimensions\":null}");
        for (OpenAiRequest request : List.of(bare, nulls)) {
            assertThat(request.model()).isNull();
            assertThat(request.base64()).isFalse();
            assertThat(request.dimensions()).isZero();
            assertThat(request.pictures()).hasSize(1);
        }
        assertThat(read("{\"input\":\"AQID\",\"encoding_format\":\"float\"}").base64()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | input: no picture",
                "{\"input\":[]} | input: no picture",
                "{\"input\":\"\"} | input: empty",
                "{\"input\":\"a text, not a picture\"} | input: not base64",
                "{\"input\":[\"https://example.org/a.png\"]} | input[0]: a URL",
                "{\"input\":[1,2,3]} | input[0]: a whole number (expected: a picture as base64",
                "{\"input\":null} | input: null (expected: a picture",
                "{\"input\":\"AQID\",\"dimensions\":0} | dimensions: 0 (expected: 1 to",
                "{\"input\":\"AQID\",\"dimensions\":1e99} | dimensions: a number",
                "{\"input\":\"AQID\",\"dimensions\":99999999999999999999} | dimensions: 9999",
                "{\"input\":\"AQID\",\"encoding_format\":\"hex\"} | encoding_format: hex",
                "{\"input\":\"AQID\",\"encoding_format\":\"aVeryLongNameOfAFormat\"} | 22 characters",
                "{\"input\":\"AQID\",\"encoding_format\":1} | encoding_format: a whole number",
            })
    void badRequestsAreRefused(String body, String words) {
        assertRefused(() -> read(body), words);
    }

    @Test
    void thereIsRoomForSoManyPictures() {
        assertRefused(
                Reason.TOO_LARGE, () -> read("{\"input\":[\"AQID\",\"AQID\",\"AQID\"]}"), "than 2");
    }

    @Test
    void vectorsAreNotCut() throws RefusedException {
        OpenAiRequest three = read("{\"input\":\"AQID\",\"dimensions\":3}");
        assertRefused(() -> three.checkDimensions(FACES), "dimensions: 3 (expected: 2");
        ModelDescription unknown =
                new ModelDescription("m", 1, true, OptionalInt.empty(), List.of(), List.of());
        three.checkDimensions(unknown);
        read("{\"input\":\"AQID\",\"dimensions\":2}").checkDimensions(FACES);
        read("{\"input\":\"AQID\"}").checkDimensions(FACES);
        assertRefused(
                () -> OpenAiAnswers.embeddings(three, embedded(vector(1, 2))),
                "dimensions: 3 (expected: 2");
    }

    @Test
    void answersNumbersOrBase64() throws RefusedException {
        assertThat(
                        text(
                                OpenAiAnswers.embeddings(
                                        read("{\"input\":[\"AQID\",\"AQID\"]}"),
                                        embedded(vector(0.5f, -1), vector(0, 1e-7f)))))
                .isEqualTo(
                        "{\"object\":\"list\",\"data\":["
                                + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1.0]},"
                                + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[0.0,1.0E-7]}],"
                                + "\"model\":\"faces\","
                                + "\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}");
        // 0.5f is 3f000000, −1f is bf800000; the lowest byte comes first.
        assertThat(
                        text(
                                OpenAiAnswers.embeddings(
                                        read("{\"input\":\"AQID\",\"encoding_format\":\"base64\"}"),
                                        embedded(vector(0.5f, -1)))))
                .contains("\"embedding\":\"AAAAPwAAgL8=\"");
    }

    @Test
    void aRefusedPictureRefusesTheRequest() {
        assertRefused(
                Reason.BAD_PICTURE,
                () ->
                        OpenAiAnswers.embeddings(
                                read("{\"input\":[\"AQID\",\"AQID\"]}"),
                                embedded(vector(1), refused(Reason.BAD_PICTURE, "no picture"))),
                "input[1]: no picture");
    }

    @Test
    void listsModelsThatTakePictures() {
        ModelDescription tensors =
                new ModelDescription("t", 1, false, OptionalInt.empty(), List.of(), List.of());
        String faces =
                "{\"id\":\"faces\",\"object\":\"model\",\"created\":0,\"owned_by\":\"strider\"}";
        assertThat(text(OpenAiAnswers.models(List.of(FACES, tensors))))
                .isEqualTo("{\"object\":\"list\",\"data\":[" + faces + "]}");
        assertThat(text(OpenAiAnswers.model(FACES))).isEqualTo(faces);
    }
}
