package io.strider.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpConnection;
import io.strider.server.load.HttpTarget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All protocols over a connection. */
class ProtocolServicesTest {
    private static final String JSON = "application/json";
    private static final String PICTURE = "image/png";

    private static HttpClient client;
    private static ServerMetrics metrics;
    private static EmbeddingServer server;

    @BeforeAll
    static void start() throws IOException {
        metrics = new ServerMetrics();
        server =
                EmbeddingServer.start(
                        ServerOptions.builder()
                                .port(0)
                                .adminKeys(new ApiKeys(List.of("admin")))
                                .build(),
                        metrics,
                        new ServerLog(ServerLog.Style.JSON, line -> {}));
        client = HttpClient.newHttpClient();
        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/v2/models/first/ready").statusCode()).isEqualTo(503);
        server.serve(new EchoModels());
    }

    @AfterAll
    static void end() {
        client.close();
        server.close();
        metrics.close();
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), BodyHandlers.ofString(ISO_8859_1));
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private static HttpResponse<String> get(String path) throws IOException {
        return send(to(path));
    }

    private static HttpResponse<String> post(
            String path, String type, String body, String... headers) throws IOException {
        HttpRequest.Builder request =
                to(path).header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body, ISO_8859_1));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static void assertAnswer(HttpResponse<String> response, int status, String... words) {
        assertThat(response.body()).contains(words);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(JSON);
    }

    @Test
    void embedsAPicture() throws IOException {
        assertAnswer(
                post("/embed", PICTURE, "Axy"),
                200,
                "{\"model\":\"first\",\"dimensions\":2,\"embedding\":[65.0,3.0],\"timings\":");
        assertAnswer(
                post("/embed?model=the%20second", "application/octet-stream", "B"),
                200,
                "{\"model\":\"the second\",\"dimensions\":2,\"embedding\":[66.0,1.0]");
        assertAnswer(post("/embed", PICTURE, "X"), 400, "not a picture", "bad_picture");
        assertAnswer(post("/embed", PICTURE, ""), 400, "body: empty", "bad_request");
        assertAnswer(post("/embed?model=no", PICTURE, "A"), 404, "unknown_model");
    }

    @Test
    void aBodyWithoutATypeIsAPicture() throws IOException {
        assertAnswer(
                send(to("/embed").POST(BodyPublishers.ofString("A"))), 200, "\"embedding\":[65.0");
    }

    @Test
    void embedsFormsAndJson() throws IOException {
        String form =
                "--x\r\nContent-Disposition: form-data; name=f; filename=a.png\r\n\r\nAxy\r\n"
                        + "--x\r\nContent-Disposition: form-data; name=f; filename=b.png\r\n\r\nX\r\n"
                        + "--x--\r\n";
        assertAnswer(
                post("/embed", "multipart/form-data; boundary=x", form),
                200,
                "\"embeddings\":[{\"name\":\"a.png\",\"embedding\":[65.0,3.0]},"
                        + "{\"name\":\"b.png\",\"error\":{\"message\":\"not a picture\"");
        assertAnswer(
                post("/embed", JSON + "; charset=utf-8", "{\"images\":[\"QQ==\"]}"),
                200,
                "\"embeddings\":[{\"embedding\":[65.0,1.0]}]");
        assertAnswer(
                post("/embed", JSON, "{\"images\":[\"WA==\"]}"),
                400,
                "{\"model\":\"first\",\"error\":{\"message\":\"not a picture\"");
        assertAnswer(
                post("/embed", JSON, "{\"images\":[\"http://a/b.png\"]}"), 400, "images[0]: a URL");
    }

    @Test
    void embedsToBytes() throws IOException {
        HttpResponse<String> response =
                post("/embed", PICTURE, "A", "Accept", "application/octet-stream");
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("application/octet-stream");
        assertThat(response.headers().firstValue("X-Dimensions")).hasValue("2");
        assertThat(response.body()).isEqualTo("\0\0\u0082B" + "\0\0\u0080?"); // 65, 1
    }

    @Test
    void comparesPictures() throws IOException {
        assertAnswer(
                post("/compare", JSON, "{\"images\":[\"AAAA\",\"AQ==\"]}"),
                200,
                "\"names\":[null,null],\"similarity\":[[1.0,1.0],[1.0,1.0]]");
        assertAnswer(post("/compare", PICTURE, "A"), 400, "at least 2");
        assertAnswer(
                post("/compare", JSON, "{\"images\":[\"AAAA\",\"WA==\"]}"),
                400,
                "picture 1: not a picture");
    }

    @Test
    void speaksOpenAi() throws IOException {
        assertAnswer(
                post("/v1/embeddings", JSON, "{\"input\":\"QQ==\",\"model\":\"the second\"}"),
                200,
                "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                        + "\"embedding\":[65.0,1.0]}],\"model\":\"the second\",\"usage\":");
        assertAnswer(
                post("/v1/embeddings", JSON, "{\"input\":\"QQ==\",\"dimensions\":3}"),
                400,
                "\"message\":\"dimensions: 3 (expected: 2",
                "\"type\":\"invalid_request_error\"",
                "\"param\":\"dimensions\"");
        assertAnswer(
                post("/v1/embeddings", JSON, "{\"input\":[\"QQ==\",\"WA==\"]}"),
                400,
                "\"message\":\"input[1]: not a picture\"",
                "\"param\":\"input\"",
                "\"code\":\"bad_picture\"");
        assertAnswer(
                post("/v1/embeddings", JSON, "{\"input\":\"QQ==\",\"model\":\"no\"}"),
                404,
                "\"param\":\"model\"",
                "\"code\":\"model_not_found\"");
        assertAnswer(get("/v1/models"), 200, "[{\"id\":\"first\",", "{\"id\":\"the second\",");
        assertAnswer(get("/v1/models/the%20second"), 200, "{\"id\":\"the second\",");
        assertAnswer(get("/v1/models/no"), 404, "\"error\":{\"message\":\"model: no");
    }

    @Test
    void speaksTheOpenInferenceProtocol() throws IOException {
        assertAnswer(get("/v2"), 200, "{\"name\":\"strider\",", "[\"binary_tensor_data\"]");
        assertAnswer(get("/v2/health/live"), 200, "{\"live\":true}");
        assertAnswer(get("/v2/health/ready"), 200, "{\"ready\":true}");
        assertAnswer(get("/v2/models/first"), 200, "{\"name\":\"first\",\"versions\":[\"1\"]");
        assertAnswer(get("/v2/models/the%20second/versions/3"), 200, "\"versions\":[\"3\"]");
        assertAnswer(get("/v2/models/the%20second/versions/2"), 404, "{\"error\":\"version: 2");
        assertAnswer(get("/v2/models/first/ready"), 200, "{\"name\":\"first\",\"ready\":true}");
        assertAnswer(get("/v2/models/first/versions/1/ready"), 200, "\"ready\":true");
        assertAnswer(get("/v2/models/no/ready"), 404, "{\"error\":\"model: no");
        String request =
                "{\"id\":\"7\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],"
                        + "\"data\":[[1,0.5]]}]}";
        for (String path :
                new String[] {"/v2/models/first/infer", "/v2/models/first/versions/1/infer"}) {
            assertAnswer(
                    post(path, JSON, request),
                    200,
                    "{\"model_name\":\"first\",\"model_version\":\"1\",\"id\":\"7\",\"outputs\":["
                            + "{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],"
                            + "\"data\":[1.0,0.5]}]}");
        }
        assertAnswer(post("/v2/models/first/infer", JSON, "{}"), 400, "{\"error\":\"inputs: none");
        assertAnswer(post("/v2/models/no/infer", JSON, request), 404, "{\"error\":\"model: no");
    }

    @Test
    void takesAndGivesTensorsAsBytes() throws IOException {
        String json =
                "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"x\","
                        + "\"datatype\":\"FP32\",\"shape\":[1],"
                        + "\"parameters\":{\"binary_data_size\":4}}]}";
        HttpResponse<String> response =
                post(
                        "/v2/models/first/infer",
                        "application/octet-stream",
                        json + "\0\0\u0082B",
                        "Inference-Header-Content-Length",
                        String.valueOf(json.length()));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("application/octet-stream");
        int length =
                (int)
                        response.headers()
                                .firstValueAsLong("Inference-Header-Content-Length")
                                .orElseThrow();
        assertThat(response.body().substring(0, length)).startsWith("{").endsWith("}");
        assertThat(response.body().substring(length)).isEqualTo("\0\0\u0082B");
    }

    @Test
    void tensorsCountByWhatTheyTakeOfTheHeap() throws IOException {
        try (ServerMetrics own = new ServerMetrics();
                EmbeddingServer small =
                        EmbeddingServer.start(
                                ServerOptions.builder()
                                        .port(0)
                                        .maxBody(10_000)
                                        .maxBodies(25_000)
                                        .build(),
                                own,
                                new ServerLog(ServerLog.Style.OFF, line -> {}))) {
            small.serve(new EchoModels());
            HttpTarget target = HttpTarget.of(small.address());
            try (HttpConnection connection = HttpConnection.open(target, Duration.ofMinutes(1))) {
                for (int i = 0; i < 10; i++) { // what is taken is given back each time
                    HttpAnswer fits = connection.send(tensor(target, "FP32", 2000), 1000);
                    assertThat(fits.status()).as(fits.body()).isEqualTo(200);
                    HttpAnswer large = connection.send(tensor(target, "FP64", 2000), 1000);
                    assertThat(large.status()).as(large.body()).isEqualTo(413);
                    assertThat(large.body())
                            .contains("tensors: 32000 bytes of memory (expected: at most 25000)");
                    HttpAnswer more = connection.send(tensor(target, "FP32", 2600), 1000);
                    assertThat(more.status()).as(more.body()).isEqualTo(429);
                    assertThat(more.body()).contains("too many bodies at once");
                }
            }
        }
    }

    private static byte[] tensor(HttpTarget target, String type, int count) {
        String body =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[%d],\"datatype\":\"%s\",\"data\":[%s0]}]}"
                        .formatted(count, type, "0,".repeat(count - 1));
        return target.request(
                "POST",
                "/v2/models/first/infer",
                Map.of("Content-Type", JSON),
                body.getBytes(ISO_8859_1));
    }

    @Test
    void aPictureIsKnownByItsBytesWhereCurlIsNotToldItsType() throws IOException {
        String untold = "application/x-www-form-urlencoded";
        HttpResponse<String> answer = post("/embed", untold, "GIF89a");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"embedding\":[71.0,6.0]");
        for (String body : new String[] {"", "{\"images\":[]}", "a=b", "GIF88a", "RIFF1234WAVE"}) {
            assertAnswer(
                    post("/embed", untold, body),
                    415,
                    "Content-Type: " + untold + " (expected: image/*, ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/embed, text/plain",
        "/embed, application/x-www-form-urlencoded",
        "/compare, text/html",
        "/v1/embeddings, image/png",
        "/v2/models/first/infer, multipart/form-data"
    })
    void otherTypesAreRefused(String path, String type) throws IOException {
        assertAnswer(post(path, type, "A"), 415, "Content-Type: " + type + " (expected: ");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /embed, POST",
        "PUT, /compare, POST",
        "GET, /v1/embeddings, POST",
        "POST, /v1/models, GET",
        "DELETE, /v1/models/first, GET",
        "POST, /v2, GET",
        "POST, /v2/health/live, GET",
        "POST, /v2/health/ready, GET",
        "POST, /v2/models/first, GET",
        "POST, /v2/models/first/versions/1/ready, GET",
        "GET, /v2/models/first/infer, POST"
    })
    void otherMethodsAreRefused(String method, String path, String allowed) throws IOException {
        HttpResponse<String> response = send(to(path).method(method, BodyPublishers.noBody()));
        assertAnswer(response, 405, "error", method + " " + path);
        assertThat(response.headers().firstValue("Allow")).hasValue(allowed);
    }

    /** The methods of each path are those that the server says it knows there. */
    @Test
    void theDescriptionTellsWhatThereIs() throws IOException {
        HttpResponse<String> description = get("/openapi.json");
        assertAnswer(description, 200, "\"openapi\": \"3.1.0\"");
        JsonNode paths = new JsonMapper().readTree(description.body()).path("paths");
        assertThat(paths.size()).isGreaterThan(10);
        for (Map.Entry<String, JsonNode> entry : paths.properties()) {
            String path = entry.getKey();
            JsonNode methods = entry.getValue();
            Set<String> told = new TreeSet<>();
            methods.propertyNames().forEach(method -> told.add(method.toUpperCase(Locale.ROOT)));
            told.remove("PARAMETERS");
            HttpResponse<String> other =
                    send(
                            to(path.replace("{model}", "first"))
                                    .header("X-API-Key", "admin")
                                    .method("PATCH", BodyPublishers.noBody()));
            assertThat(other.statusCode()).as(path).isEqualTo(405);
            Set<String> known =
                    new TreeSet<>(
                            List.of(other.headers().firstValue("Allow").orElse("").split(", ")));
            if (!told.contains("HEAD")) {
                known.remove("HEAD"); // goes without saying
            }
            assertThat(known).as(path).isEqualTo(told);
        }
    }
}
