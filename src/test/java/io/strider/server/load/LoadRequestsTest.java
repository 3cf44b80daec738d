package io.strider.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.server.load.FakeServer.Asked;
import io.strider.server.load.FakeServer.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What requests look like to the server that gets them. */
class LoadRequestsTest {
    private static final List<byte[]> PICTURES =
            List.of(bytes("first"), bytes("second"), bytes("third"));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static LoadRequests requests(
            FakeServer server, int perRequest, @Nullable String model, @Nullable String key) {
        return new LoadRequests(
                HttpTarget.of(server.url()), Duration.ofSeconds(30), perRequest, model, key);
    }

    /** Sends it and returns what the server got. */
    private static Asked sent(FakeServer server, LoadRequest request) throws IOException {
        try (HttpConnection connection =
                HttpConnection.open(HttpTarget.of(server.url()), Duration.ofSeconds(30))) {
            connection.send(request.bytes(), 0);
        }
        return server.asked().getLast();
    }

    @Test
    void aPictureIsSentAsItIs() throws IOException {
        try (FakeServer server = FakeServer.willing()) {
            List<LoadRequest> all =
                    requests(server, 1, null, null).ofPictures(LoadProtocol.EMBED, PICTURES);
            assertThat(all).hasSize(3);
            Asked asked = sent(server, all.get(1));
            assertThat(asked.path()).isEqualTo("/embed");
            assertThat(asked.text()).isEqualTo("second");
            assertThat(asked.header("Content-Type")).isEqualTo("application/octet-stream");
            assertThat(asked.header("Authorization")).isNull();
        }
    }

    @Test
    void severalPicturesAreAFormAndTheLastRequestBeginsAgain() throws IOException {
        try (FakeServer server = FakeServer.willing()) {
            List<LoadRequest> all =
                    requests(server, 2, "mine", "secret").ofPictures(LoadProtocol.EMBED, PICTURES);
            assertThat(all).hasSize(2).allMatch(request -> request.pictures() == 2);
            Asked asked = sent(server, all.get(1));
            assertThat(asked.path()).isEqualTo("/embed?model=mine");
            assertThat(asked.header("Authorization")).isEqualTo("Bearer secret");
            String type = asked.header("Content-Type");
            assertThat(type).startsWith("multipart/form-data; boundary=");
            String boundary = "--" + type.substring(type.indexOf('=') + 1);
            assertThat(asked.text())
                    .startsWith(boundary + "\r\n")
                    .endsWith("\r\n" + boundary + "--\r\n")
                    .containsSubsequence("filename=\"0\"", "\r\n\r\nthird\r\n" + boundary)
                    .containsSubsequence("filename=\"1\"", "\r\n\r\nfirst\r\n" + boundary);
        }
    }

    @Test
    void openAiHasPicturesInBase64AndTheModelThatTheServerNamesFirst() throws IOException {
        try (FakeServer server =
                new FakeServer((_, _) ->
                        new Reply(200, "{\"data\":[{\"id\":\"faces\"},{\"id\":\"other\"}]}"))) {
            List<LoadRequest> all =
                    requests(server, 3, null, null).ofPictures(LoadProtocol.OPENAI, PICTURES);
            assertThat(server.asked().getFirst().path()).isEqualTo("/v1/models");
            Asked asked = sent(server, all.getFirst());
            assertThat(asked.path()).isEqualTo("/v1/embeddings");
            JsonNode body = new JsonMapper().readTree(asked.text());
            assertThat(body.path("model").asString()).isEqualTo("faces");
            assertThat(body.path("encoding_format").asString()).isEqualTo("base64");
            assertThat(body.path("input").size()).isEqualTo(3);
            assertThat(body.path("input").path(0).asString()).isEqualTo("Zmlyc3Q=");
        }
    }

    private static FakeServer describing(String shape) throws IOException {
        return new FakeServer((asked, _) ->
                new Reply(
                        200,
                        asked.path().equals("/v1/models")
                                ? "{\"data\":[{\"id\":\"faces\"}]}"
                                : "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":"
                                        + shape
                                        + "}]}"));
    }

    @ParameterizedTest
    @CsvSource({"'[-1,3,2,1]', ''", "'[-1,3,-1,-1]', '3,2,1'", "'[4,3,2,1]', ''"})
    void inferHasATensorInBinary(String shape, String told) throws IOException {
        try (FakeServer server = describing(shape)) {
            List<Integer> row = told.isEmpty() ? List.of() : List.of(3, 2, 1);
            LoadRequest request = requests(server, 4, null, null).ofTensor(row);
            Asked asked = sent(server, request);
            assertThat(asked.path()).isEqualTo("/v2/models/faces/infer");
            int head = Integer.parseInt(asked.header("Inference-Header-Content-Length"));
            JsonNode input =
                    new JsonMapper()
                            .readTree(asked.text().substring(0, head))
                            .path("inputs")
                            .path(0);
            assertThat(input.path("name").asString()).isEqualTo("x");
            assertThat(input.path("shape")).hasToString("[4,3,2,1]");
            assertThat(input.path("parameters").path("binary_data_size").asInt()).isEqualTo(96);
            assertThat(asked.body()).hasSize(head + 96);
            assertThat(
                            ByteBuffer.wrap(asked.body(), head, 96)
                                    .slice()
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .getFloat(92))
                    .isBetween(0f, 1f);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'[-1,3,-1]', '', shape: missing",
        "'[-1,3,-1]', '3', 'shape: [3]'",
        "'[-1,3,-1]', '4,2', 'shape: [4, 2]'",
        "'[2,3]', '', a free first dimension",
        "'[]', '', a free first dimension"
    })
    void aShapeThatDoesNotFitIsRefused(String shape, String told, String words) throws IOException {
        try (FakeServer server = describing(shape)) {
            List<Integer> row =
                    told.isEmpty()
                            ? List.of()
                            : java.util.Arrays.stream(told.split(",", -1))
                                    .map(Integer::valueOf)
                                    .toList();
            LoadRequests requests = requests(server, 1, "m", null);
            assertThatThrownBy(() -> requests.ofTensor(row))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(words);
        }
    }

    @Test
    void aModelWithOtherInputsIsRefused() throws IOException {
        try (FakeServer server =
                new FakeServer(
                        (_, _) -> new Reply(200, "{\"inputs\":[{\"datatype\":\"INT64\"}]}"))) {
            LoadRequests requests = requests(server, 1, "m", null);
            assertThatThrownBy(() -> requests.ofTensor(List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one of FP32");
        }
    }

    @Test
    void tensorsAreNotMadeOfPictures() throws IOException {
        try (FakeServer server = FakeServer.willing()) {
            LoadRequests requests = requests(server, 1, "m", null);
            assertThatThrownBy(() -> requests.ofPictures(LoadProtocol.INFER, PICTURES))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("EMBED or OPENAI");
        }
    }

    @ParameterizedTest
    @CsvSource({"200, '{}', names no model", "200, <html>, no JSON", "401, a key is missing, 401"})
    void aServerThatNamesNoModelIsRefused(int status, String body, String words)
            throws IOException {
        try (FakeServer server = new FakeServer((_, _) -> new Reply(status, body))) {
            LoadRequests requests = requests(server, 1, null, null);
            assertThatThrownBy(() -> requests.ofPictures(LoadProtocol.OPENAI, PICTURES))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(words)
                    .hasMessageStartingWith(server.url());
        }
    }
}
