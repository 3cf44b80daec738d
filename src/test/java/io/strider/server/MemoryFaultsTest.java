package io.strider.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.MemoryFault;
import io.strider.server.load.HttpAnswer;
import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where there is no memory for a batch its request is refused, and the server lives. */
class MemoryFaultsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Color GOOD = ColorServer.color(3);

    @TempDir private Path folder;

    private final MemoryFault fault = new MemoryFault();

    private ColorServer server() throws IOException {
        return new ColorServer(folder, options -> options, fault::in);
    }

    /** Each with two items or fewer, and the words in its answer if there is no memory for them. */
    private enum Endpoint {
        ONE_PICTURE("/embed", "picture: no memory for it now", 1),
        SEVERAL_PICTURES("/embed", "picture 0: no memory for it now", 2),
        COMPARE("/compare", "picture 0: no memory for it now", 2),
        OPEN_AI("/v1/embeddings", "input[0]: picture: no memory for it now", 1),
        ROWS("/v2/models/colors/infer", "request: no memory for it now", 1);

        private final String path;
        private final String words;
        private final int items;

        Endpoint(String path, String words, int items) {
            this.path = path;
            this.words = words;
            this.items = items;
        }

        byte[] request(ColorServer server) throws IOException {
            if (this == ONE_PICTURE) {
                return closing(server, "image/png", ColorServer.picture(GOOD));
            }
            String picture = Base64.getEncoder().encodeToString(ColorServer.picture(GOOD));
            String body =
                    switch (this) {
                        case OPEN_AI ->
                                "{\"model\":\"colors\",\"input\":[\"%s\"]}".formatted(picture);
                        case ROWS ->
                                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3,1,1],\"datatype\":\"FP32\","
                                        + "\"data\":[1,2,3]}]}";
                        default -> "{\"images\":[\"%s\",\"%s\"]}".formatted(picture, picture);
                    };
            return closing(server, "application/json", body.getBytes(StandardCharsets.US_ASCII));
        }

        /** Of a connection that ends once the request has been answered and counted. */
        private byte[] closing(ColorServer server, String type, byte[] body) {
            return server.target.request(
                    "POST", path, Map.of("Content-Type", type, "Connection", "close"), body);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRequestIsToldSoAndTheNextSucceeds(Endpoint endpoint) throws IOException {
        try (ColorServer server = server()) {
            byte[] request = endpoint.request(server);
            for (int round = 1; round <= 2; round++) {
                fault.next(Integer.MAX_VALUE);
                String refused = exchange(server, request);
                assertThat(refused)
                        .startsWith("HTTP/1.1 503 ")
                        .containsIgnoringCase("\r\nRetry-After: 1\r\n")
                        .contains(endpoint.words, "(expected: fewer or smaller requests)");
                fault.next(0);
                assertThat(exchange(server, request)).startsWith("HTTP/1.1 200 ");
                server.answersRightly();
                assertThat(metrics(server))
                        .contains(
                                "strider_failures_total{cause=\"out_of_memory\"} %d.0"
                                        .formatted(round))
                        .contains("status=\"503\"} " + round)
                        .containsPattern(
                                "strider_refusals_total\\{cause=\"out_of_memory\",model=\"colors\"} "
                                        + round * endpoint.items
                                        + "\\.0")
                        .doesNotContain("internal_error")
                        .contains("strider_queued 0.0");
            }
        }
    }

    @Test
    void whatIsTooMuchTogetherIsComputedOneByOne() throws IOException {
        try (ColorServer server =
                new ColorServer(
                        folder, // computes nothing before both are there
                        options -> options,
                        models ->
                                fault.in(
                                        models.computeThreads(1)
                                                .maxBatch(2)
                                                .maxDelay(ColorServer.LONG)))) {
            fault.next(1); // of both pictures together
            HttpAnswer answer = server.send(Endpoint.SEVERAL_PICTURES.request(server));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            JsonNode all = JSON.readTree(answer.body()).path("embeddings");
            assertThat(all.size()).isEqualTo(2);
            for (JsonNode each : all) {
                ColorServer.isVector(each.path("embedding"), GOOD, 1);
            }
            assertThat(fault.thrown()).isEqualTo(1);
            assertThat(metrics(server)).doesNotContain("out_of_memory");
        }
    }

    @Test
    void aRequestLargerThanTheLimitIsRefusedAndASmallerOneIsNot() throws IOException {
        try (ColorServer server =
                new ColorServer(
                        folder, options -> options, models -> models.memoryLimit(100_000))) {
            HttpAnswer large = server.send(tensor(server, 200));
            assertThat(large.status()).as(large.body()).isEqualTo(503);
            assertThat(large.body()).contains("memory");
            HttpAnswer small = server.send(tensor(server, 2));
            assertThat(small.status()).as(small.body()).isEqualTo(200);
            assertThat(metrics(server))
                    .contains(
                            "strider_refusals_total{cause=\"out_of_memory\",model=\"colors\"} 1.0");
        }
    }

    private static byte[] tensor(ColorServer server, int side) {
        String body =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3,%d,%d],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                        .formatted(side, side, "1,".repeat(3 * side * side - 1) + "1");
        return server.post(
                "/v2/models/colors/infer",
                "application/json",
                body.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void othersAreServedWhileMemoryComesAndGoes() throws Exception {
        try (ColorServer server =
                        new ColorServer(
                                folder,
                                options -> options,
                                models -> fault.in(models.maxDelay(Duration.ofMillis(20))));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            fault.next(12);
            List<Callable<HttpAnswer>> asked = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Color color = ColorServer.color(i);
                asked.add(() -> server.send(server.embedding(color)));
            }
            int refused = 0;
            List<Future<HttpAnswer>> answers = clients.invokeAll(asked);
            for (int i = 0; i < answers.size(); i++) {
                HttpAnswer answer = answers.get(i).get();
                if (answer.status() == 503) {
                    assertThat(answer.body()).contains("\"reason\":\"out_of_memory\"");
                    refused++;
                } else {
                    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                    JsonNode vector = JSON.readTree(answer.body()).path("embedding");
                    ColorServer.isVector(vector, ColorServer.color(i), 1);
                }
            }
            assertThat(fault.thrown()).isEqualTo(12);
            assertThat(refused).isLessThanOrEqualTo(12);
            server.answersRightly();
        }
    }

    /** The whole answer, its head as well. */
    private static String exchange(ColorServer server, byte[] request) throws IOException {
        try (Socket socket = server.raw()) {
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String metrics(ColorServer server) throws IOException {
        byte[] request = server.target.request("GET", "/metrics", Map.of(), new byte[0]);
        return server.send(request).body();
    }
}
