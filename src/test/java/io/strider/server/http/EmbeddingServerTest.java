package io.strider.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every request goes through: ids, logs, metrics, keys, deadlines, errors. */
class EmbeddingServerTest {
    @Test
    void aRequestIsAnsweredWithWhatTheModelsSay() throws Exception {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.post("/embed", new byte[100_000]);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("bytes: 100000");
            assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
            assertThat(server.models.calls.getFirst().caller()).isEqualTo("127.0.0.1");
            String line = server.awaitLine("/embed");
            assertThat(line)
                    .startsWith("{\"time\":\"")
                    .contains("\"method\":\"POST\",\"path\":\"/embed\",\"status\":200")
                    .contains("\"bytes_in\":100000");
        }
    }

    @Test
    void theClientsOwnIdIsEchoedAndLogged() throws Exception {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer =
                    server.post("/embed", new byte[1], "X-Request-Id", "order-7.a_B");
            assertThat(answer.headers().firstValue("X-Request-Id")).hasValue("order-7.a_B");
            assertThat(server.models.calls.getFirst().id()).isEqualTo("order-7.a_B");
            assertThat(server.awaitLine("/embed")).contains("\"id\":\"order-7.a_B\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "quote\"", "ünder"})
    void anIdThatIsUnfitForALogIsReplaced(String id) {
        assertThat(RequestIds.of(id)).matches("[0-9a-f]{16}");
        assertThat(RequestIds.of("x".repeat(129))).matches("[0-9a-f]{16}");
    }

    @Test
    void aTextLogIsForPeople() throws Exception {
        try (TestServer server = TestServer.start(o -> o, ServerLog.Style.TEXT)) {
            server.get("/nothing");
            assertThat(server.awaitLine("/nothing"))
                    .contains("GET /nothing 404")
                    .contains("not_found");
        }
    }

    @Test
    void withoutALogOnlyWhatElseHappensIsSaid() throws Exception {
        try (TestServer server = TestServer.start(o -> o, ServerLog.Style.OFF)) {
            server.get("/nothing");
            server.server.replace(null);
            assertThat(server.log).containsExactly("strider: replaced models");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/nothing|{\"error\":{\"message\":\"GET /nothing: no such endpoint (expected: one that"
                        + " /openapi.json tells of)\",\"reason\":\"not_found\"}}",
                "/v1/nothing|{\"error\":{\"message\":\"GET /v1/nothing: no such endpoint (expected: one"
                        + " that /openapi.json tells of)\",\"type\":\"invalid_request_error\",\"param\":null,"
                        + "\"code\":\"not_found\"}}",
                "/v2/nothing|{\"error\":\"GET /v2/nothing: no such endpoint (expected: one that"
                        + " /openapi.json tells of)\"}"
            })
    void whatIsNotThereIsToldInTheFormOfItsProtocol(String path, String expected) throws Exception {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.get(path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).isEqualTo(expected);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/embed,GET,POST",
        "/healthz,POST,'GET, HEAD'",
        "/metrics,POST,GET",
        "/,POST,'GET, HEAD'"
    })
    void anotherMethodIsRefusedWithThoseThatAreKnown(String path, String method, String allowed)
            throws Exception {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer =
                    server.send(
                            server.to(path)
                                    .method(
                                            method,
                                            java.net.http.HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).hasValue(allowed);
            assertThat(answer.body()).contains("method_not_allowed");
        }
    }

    @Test
    void refusalsOfTheModelsKeepTheirStatus() throws Exception {
        try (TestServer server = TestServer.start()) {
            for (RefusedException.Reason reason : RefusedException.Reason.values()) {
                server.models.refusal = new RefusedException(reason, "no: " + reason);
                HttpResponse<String> answer = server.post("/embed", new byte[1]);
                assertThat(answer.statusCode()).as(reason.name()).isEqualTo(reason.status());
                assertThat(answer.body()).contains("no: " + reason);
                assertThat(answer.headers().firstValue("Retry-After").isPresent())
                        .as(reason.name())
                        .isEqualTo(reason.status() == 429 || reason.status() == 503);
            }
        }
    }

    @Test
    void aFaultOfTheServersIsLoggedAndNotShown() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.models.fault = new IllegalStateException("secret detail");
            HttpResponse<String> answer = server.post("/embed", new byte[1]);
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("internal_error").doesNotContain("secret");
            assertThat(server.awaitLine("secret detail")).contains("EmbeddingServerTest");
        }
    }

    @Test
    void memoryThatRunsOutFailsTheRequestAlone() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.models.error = new OutOfMemoryError("of a test");
            assertThat(server.post("/embed", new byte[1]).statusCode()).isEqualTo(503);
            server.models.error = null;
            assertThat(server.post("/embed", new byte[1]).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theClientsDeadlineCountsWhereItIsSooner() throws Exception {
        try (TestServer server = TestServer.start()) {
            CountDownLatch _ = server.models.hold();
            HttpResponse<String> answer = server.post("/embed", new byte[1], "X-Timeout-Ms", "20");
            assertThat(answer.statusCode()).isEqualTo(504);
            server.models.hold = null;
            server.post("/embed", new byte[1], "X-Timeout-Ms", "999999999999");
            assertThat(server.models.calls.getLast().remainingNanos())
                    .isLessThanOrEqualTo(TimeUnit.SECONDS.toNanos(30));
            assertThat(server.post("/embed", new byte[1], "X-Timeout-Ms", "soon").body())
                    .contains("X-Timeout-Ms: \\\"soon\\\" (expected: a number of milliseconds)");
        }
    }

    @Test
    void keysAreAskedForWhereThereAreSome() throws Exception {
        ApiKeys keys = new ApiKeys(List.of("first-key", "second-key"));
        try (TestServer server = TestServer.start(options -> options.apiKeys(keys))) {
            for (String[] headers :
                    new String[][] {
                        {},
                        {"Authorization", "Bearer wrong"},
                        {"Authorization", "Basic first-key"},
                        {"X-API-Key", "first-ke"}
                    }) {
                HttpResponse<String> answer = server.post("/embed", new byte[1], headers);
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                assertThat(answer.body()).contains("invalid_api_key");
            }
            assertThat(server.models.calls).isEmpty();
            assertThat(server.post("/embed", new byte[1], "X-API-Key", "first-key").statusCode())
                    .isEqualTo(200);
            assertThat(
                            server.post("/embed", new byte[1], "authorization", "bearer second-key")
                                    .statusCode())
                    .isEqualTo(200);
            assertThat(server.models.calls)
                    .extracting(call -> call.caller().substring(0, 4))
                    .containsOnly("key-");
            assertThat(server.models.calls.getFirst().caller())
                    .isNotEqualTo(server.models.calls.getLast().caller());
            for (String open : List.of("/healthz", "/metrics")) {
                assertThat(server.get(open).statusCode()).as(open).isEqualTo(200);
            }
            for (String closed : List.of("/x/../embed", "//metrics/x", "/v1/models", "/metricsx")) {
                assertThat(server.get(closed).statusCode()).as(closed).isEqualTo(401);
            }
        }
    }

    @Test
    void theAdministrationIsThereOnlyForThoseWhoHaveItsKey() throws Exception {
        try (TestServer server = TestServer.start()) {
            assertThat(server.post("/admin/reload", new byte[0]).statusCode()).isEqualTo(404);
        }
        ApiKeys keys = new ApiKeys(List.of("admin"));
        try (TestServer server = TestServer.start(options -> options.adminKeys(keys))) {
            assertThat(server.post("/admin/reload", new byte[0]).statusCode()).isEqualTo(401);
            HttpResponse<String> done =
                    server.post("/admin/reload", new byte[0], "X-API-Key", "admin");
            assertThat(done.statusCode()).isEqualTo(200);
            assertThat(done.body()).isEqualTo("{\"models\":[{\"name\":\"faces\",\"version\":1}]}");
            server.post("/admin/reload?model=faces", new byte[0], "X-API-Key", "admin");
            assertThat(server.models.replaced).containsExactly("all", "faces");
            assertThat(
                            server.post("/admin/reload?model=x", new byte[0], "X-API-Key", "admin")
                                    .statusCode())
                    .isEqualTo(404);
            server.models.badFile = new IOException("faces.onnx: no network");
            HttpResponse<String> bad =
                    server.post("/admin/reload", new byte[0], "X-API-Key", "admin");
            assertThat(bad.statusCode()).isEqualTo(422);
            assertThat(bad.body()).contains("faces.onnx: no network; the old model goes on");
        }
    }

    @Test
    void metricsTellOfRequestsAndModels() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.post("/embed", new byte[1]);
            server.get("/made/up/" + "x".repeat(100));
            server.metrics.decoded("faces", 1_000, 2_000);
            server.metrics.dequeued("faces", 3_000_000);
            server.metrics.computed("faces", 8, 4_000_000);
            server.metrics.refused("faces", RefusedException.Reason.QUEUE_FULL);
            server.metrics.failed("faces", new IllegalStateException());
            server.metrics.replaced(FakeModels.FACES);
            server.awaitLine("/made/up");
            assertThat(server.get("/metrics").body())
                    .contains(
                            "strider_requests_seconds_count{endpoint=\"/embed\",status=\"200\"} 1")
                    .contains("strider_requests_seconds_count{endpoint=\"other\",status=\"404\"} 1")
                    .contains("strider_failures_total{cause=\"not_found\"} 1.0")
                    .contains("strider_decode_seconds_count{model=\"faces\"} 1")
                    .contains("strider_queue_seconds_bucket{model=\"faces\",le=\"0.005\"} 1")
                    .contains("strider_inference_seconds_sum{model=\"faces\"} 0.004")
                    .contains("strider_batch_size_sum{model=\"faces\"} 8.0")
                    .contains("strider_refusals_total{cause=\"queue_full\",model=\"faces\"} 1.0")
                    .contains("strider_batch_failures_total{model=\"faces\"} 1.0")
                    .contains("strider_replacements_total{model=\"faces\"} 1.0")
                    .contains("strider_native_bytes 4096.0")
                    .contains("strider_native_limit_bytes 8192.0")
                    .contains("strider_queued 3.0")
                    .contains("strider_queue_capacity 256.0")
                    .contains("strider_computing 2.0")
                    .contains("strider_compute_threads 4.0")
                    .contains("strider_decoding 1.0")
                    .contains("strider_decode_threads 5.0")
                    .contains("strider_connections_most 4096.0")
                    .contains("strider_ready 1.0")
                    .contains("jvm_memory_used_bytes")
                    .doesNotContain("made");
        }
    }

    @Test
    void headHasNoBodyAndTheNextAnswerIsWhole() throws Exception {
        try (TestServer server = TestServer.start();
                TestServer.Raw raw = server.raw()) {
            raw.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            String head = raw.head();
            assertThat(head).startsWith("HTTP/1.1 200").contains("Content-Length: 14");
            raw.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(raw.answer()).startsWith("HTTP/1.1 200").endsWith("{\"ready\":true}");
        }
    }

    @Test
    void untilTheModelsAreThereRequestsAreRefused() throws Exception {
        try (TestServer server = TestServer.starting()) {
            assertThat(server.get("/healthz").statusCode()).isEqualTo(503);
            HttpResponse<String> early = server.post("/embed", new byte[3]);
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.body()).contains("unavailable");
            assertThat(server.get("/metrics").body()).contains("strider_ready 0.0");
            assertThat(server.models.calls).isEmpty();

            server.server.serve(server.models);
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(server.post("/embed", new byte[3]).statusCode()).isEqualTo(200);
            assertThat(server.get("/metrics").body()).contains("strider_ready 1.0");
        }
    }

    /** A request that has come to the models, which hold it. */
    private static Future<HttpResponse<String>> underWay(TestServer server, ExecutorService threads)
            throws InterruptedException {
        Future<HttpResponse<String>> request =
                threads.submit(() -> server.post("/embed", new byte[7]));
        assertThat(server.models.begun.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        return request;
    }

    @Test
    void whatIsUnderWayIsAnsweredWhileTheServerEndsAndNothingNew() throws Exception {
        try (TestServer server = TestServer.start();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            CountDownLatch hold = server.models.hold();
            Future<HttpResponse<String>> first = underWay(server, threads);
            Future<Boolean> drained =
                    threads.submit(() -> server.server.drain(Duration.ofSeconds(20)));
            while (server.get("/healthz").statusCode() != 503) {
                Thread.onSpinWait();
            }
            assertThat(server.post("/embed", new byte[8]).statusCode()).isEqualTo(503);
            assertThat(drained.isDone()).isFalse();

            hold.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.models.calls).hasSize(1);
            assertThat(server.models.drained).isTrue();
            assertThat(server.models.givenUp).isFalse();
        }
    }

    @Test
    void whatDoesNotEndInTimeIsGivenUpAndItsClientTold() throws Exception {
        try (TestServer server = TestServer.start();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            CountDownLatch _ = server.models.hold();
            Future<HttpResponse<String>> first = underWay(server, threads);
            assertThat(server.server.drain(Duration.ofMillis(50))).isFalse();
            server.server.close();
            assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
            assertThat(server.models.givenUp).isTrue();
        }
    }
}
