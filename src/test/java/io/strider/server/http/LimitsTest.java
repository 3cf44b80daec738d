package io.strider.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.server.http.TestServer.Raw;
import io.strider.server.inference.RefusedException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients cannot do to the server, whatever they send or do not send. */
class LimitsTest {
    private static final String POST = "POST /embed HTTP/1.1\r\nHost: x\r\n";
    private static final Duration SHORT = Duration.ofMillis(300);

    private static byte[] chunk(int bytes) {
        byte[] head = "%x\r\n".formatted(bytes).getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[head.length + bytes + 2];
        System.arraycopy(head, 0, chunk, 0, head.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }

    @Test
    void aBodyOfTheLimitIsTakenAndALargerOneRefused() throws Exception {
        try (TestServer server = TestServer.start(options -> options.maxBody(1000))) {
            assertThat(server.post("/embed", new byte[1000]).body()).isEqualTo("bytes: 1000");
            HttpResponse<String> answer = server.post("/embed", new byte[1001]);
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.body()).contains("body: too large (expected: at most 1000 bytes)");
            assertThat(answer.headers().firstValue("Connection")).hasValue("close");
        }
    }

    @Test
    void aChunkedBodyIsCountedAsItComes() throws Exception {
        try (TestServer server = TestServer.start(options -> options.maxBody(100_000))) {
            try (Raw raw = server.raw()) {
                raw.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
                raw.send(chunk(60_000)).send(chunk(40_000)).send("0\r\n\r\n");
                assertThat(raw.answer()).startsWith("HTTP/1.1 200").endsWith("bytes: 100000");
            }
            try (Raw raw = server.raw()) {
                raw.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
                raw.send(chunk(60_000)).send(chunk(60_000));
                assertThat(raw.answer()).startsWith("HTTP/1.1 413");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffff\r\n", "0000000"})
    void oneEndlessChunkIsNotGathered(String start) throws Exception {
        try (TestServer server = TestServer.start(options -> options.maxBody(1000));
                Raw raw = server.raw()) {
            raw.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + start);
            byte[] more = "0".repeat(70_000).getBytes(StandardCharsets.US_ASCII);
            raw.send(more);
            assertThat(raw.answer()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void allBodiesTogetherAreBounded() throws Exception {
        try (TestServer server =
                        TestServer.start(options -> options.maxBody(50_000).maxBodies(50_000));
                Raw first = server.raw()) {
            first.send(POST + "Content-Length: 50000\r\n\r\n").send(new byte[40_000]);
            await(() -> server.get("/metrics").body().contains("strider_body_bytes 40000.0"));
            HttpResponse<String> second = server.post("/embed", new byte[20_000]);
            assertThat(second.statusCode()).isEqualTo(429);
            // The room is given back once the answer is out, which may be a moment later.
            await(() -> server.get("/metrics").body().contains("strider_body_bytes 40000.0"));
            first.send(new byte[10_000]);
            assertThat(first.answer()).endsWith("bytes: 50000");
            await(() -> server.get("/metrics").body().contains("strider_body_bytes 0.0"));
            assertThat(server.post("/embed", new byte[20_000]).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aFullQueueRefusesBeforeTheBodyIsRead() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            server.models.full =
                    new RefusedException(RefusedException.Reason.QUEUE_FULL, "queue: full");
            raw.send(POST + "Content-Length: 1000000\r\n\r\n");
            assertThat(raw.answer())
                    .startsWith("HTTP/1.1 429")
                    .contains("Retry-After: 1", "Connection: close", "queue: full");
            raw.send(new byte[100_000]); // still being sent: the answer is not lost for it
            raw.socket().shutdownOutput();
            assertThat(raw.isClosed()).isTrue();
            assertThat(server.models.calls).isEmpty();
        }
    }

    @Test
    void aSmallBodyThatIsRefusedDoesNotCostTheConnection() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            RefusedException full =
                    new RefusedException(RefusedException.Reason.QUEUE_FULL, "queue: full");
            for (int i = 0; i < 3; i++) {
                server.models.full = full;
                raw.send(POST + "Content-Length: 200000\r\n\r\n");
                assertThat(raw.answer())
                        .startsWith("HTTP/1.1 429") // before its body has come
                        .doesNotContain("Connection: close");
                raw.send(new byte[200_000]);
                server.models.full = null;
                raw.send(POST + "Content-Length: 1\r\n\r\nx");
                assertThat(raw.answer()).endsWith("bytes: 1");
            }
        }
    }

    @Test
    void aSmallBodyThatIsRefusedAndDoesNotComeClosesTheConnection() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            server.models.full =
                    new RefusedException(RefusedException.Reason.QUEUE_FULL, "queue: full");
            raw.send(POST + "Content-Length: 10\r\n\r\nfive.");
            assertThat(raw.answer()).startsWith("HTTP/1.1 429");
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsIsNotAskedForARefusedBody() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            server.models.full =
                    new RefusedException(RefusedException.Reason.QUEUE_FULL, "queue: full");
            raw.send(POST + "Content-Length: 10\r\nExpect: 100-continue\r\n\r\n");
            assertThat(raw.answer()).startsWith("HTTP/1.1 429").contains("Connection: close");
            raw.socket().shutdownOutput();
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void whatFollowsAnUnreadBodyIsNeverTakenForARequest() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            String hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
            raw.send(
                    "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(hidden.length(), hidden));
            assertThat(raw.answer()).startsWith("HTTP/1.1 404");
            raw.send("GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(raw.answer()).startsWith("HTTP/1.1 200");
            assertThat(raw.isClosed()).isTrue();
            assertThat(server.log).noneMatch(line -> line.contains("/healthz"));
        }
    }

    @Test
    void aConnectionIsKeptForTheNextRequest() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            for (int i = 1; i < 5; i++) {
                raw.send(POST + "Content-Length: %d\r\n\r\n%s".formatted(i, "x".repeat(i)));
                assertThat(raw.answer()).endsWith("bytes: " + i);
            }
            String two = POST + "Content-Length: 1\r\n\r\nx";
            raw.send(two + two); // pipelined
            assertThat(raw.answer()).endsWith("bytes: 1");
            assertThat(raw.answer()).endsWith("bytes: 1");
            raw.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(raw.answer()).startsWith("HTTP/1.1 200");
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void slowHeadersEndTheConnection() throws Exception {
        try (TestServer server = TestServer.start(options -> options.headerTimeout(SHORT));
                Raw raw = server.raw()) {
            raw.send("GET /healthz HT");
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void aSlowBodyIsToldSo() throws Exception {
        try (TestServer server = TestServer.start(options -> options.requestTimeout(SHORT));
                Raw raw = server.raw()) {
            raw.send(POST + "Content-Length: 10\r\n\r\nabc");
            assertThat(raw.answer()).startsWith("HTTP/1.1 408").contains("body: not whole in time");
            assertThat(raw.isClosed()).isTrue();
            assertThat(server.awaitLine("\"timeout\"")).contains("\"status\":408");
        }
    }

    @Test
    void idleConnectionsAreClosed() throws Exception {
        try (TestServer server = TestServer.start(options -> options.idleTimeout(SHORT))) {
            try (Raw silent = server.raw()) {
                assertThat(silent.isClosed()).isTrue();
            }
            assertThat(server.get("/metrics").body())
                    .contains("strider_connections_expired_total 1.0");
            try (Raw used = server.raw()) {
                used.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(used.answer()).startsWith("HTTP/1.1 200");
                assertThat(used.isClosed()).isTrue();
            }
        }
    }

    @Test
    void idleClientsMakeRoomForOthers() throws Exception {
        try (TestServer server = TestServer.start(options -> options.maxConnections(20))) {
            List<Raw> idle = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                idle.add(server.raw());
            }
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(idle.getFirst().isClosed()).isTrue();
            assertThat(server.get("/metrics").body())
                    .containsPattern("strider_connections_displaced_total 1[89][0-9]\\.0\n");
            for (Raw raw : idle) {
                raw.close();
            }
        }
    }

    @Test
    void whereAllAreBusyANewConnectionIsRefused() throws Exception {
        try (TestServer server = TestServer.start(options -> options.maxConnections(2))) {
            CountDownLatch hold = server.models.hold();
            try (Raw first = server.raw();
                    Raw second = server.raw()) {
                first.send(POST + "Content-Length: 1\r\n\r\nx");
                second.send(POST + "Content-Length: 1\r\n\r\nx");
                assertThat(server.models.begun.tryAcquire(2, 20, TimeUnit.SECONDS)).isTrue();
                try (Raw third = server.raw()) {
                    assertThat(third.answer()).startsWith("HTTP/1.1 503");
                }
                hold.countDown();
                assertThat(first.answer()).endsWith("bytes: 1");
                assertThat(second.answer()).endsWith("bytes: 1");
                second.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(second.answer()).contains("strider_connections_refused_total 1.0");
            }
        }
    }

    @Test
    void aClientThatGoesTakesItsRequestOutOfTheQueue() throws Exception {
        try (TestServer server = TestServer.start()) {
            CountDownLatch hold = server.models.hold();
            try (Raw raw = server.raw()) {
                raw.send(POST + "Content-Length: 1\r\n\r\nx");
                assertThat(server.models.begun.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(server.models.interrupted.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.awaitLine("client_gone")).contains("\"status\":499");
            hold.countDown();
            assertThat(server.post("/embed", new byte[1]).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatGoesInTheMiddleOfItsBodyIsLogged() throws Exception {
        try (TestServer server = TestServer.start()) {
            try (Raw raw = server.raw()) {
                raw.send(POST + "Content-Length: 10\r\n\r\nabc");
                await(() -> server.get("/metrics").body().contains("strider_body_bytes 3.0"));
            }
            assertThat(server.awaitLine("client_gone")).contains("\"status\":499");
            await(() -> server.get("/metrics").body().contains("strider_body_bytes 0.0"));
            assertThat(server.models.calls).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/0.9\r\nHost: x\r\n\r\n",
                "GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void whatIsNoRequestIsRefusedAndTheConnectionClosed(String bytes) throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            raw.send(bytes);
            assertThat(raw.answer()).startsWith("HTTP/1.1 4").contains("application/json");
            raw.socket().shutdownOutput();
            assertThat(raw.isClosed()).isTrue();
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void headersHaveALimit() throws Exception {
        try (TestServer server = TestServer.start();
                Raw raw = server.raw()) {
            raw.send("GET / HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n");
            assertThat(raw.answer()).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> ServerOptions.builder().port(70_000).build())
                .hasMessage("port: 70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> ServerOptions.builder().maxConnections(0).build())
                .hasMessageContaining("maxConnections: 0");
        assertThatThrownBy(() -> ServerOptions.builder().maxBody(0).build())
                .hasMessageContaining("maxBody: 0");
        assertThatThrownBy(() -> ServerOptions.builder().idleTimeout(Duration.ZERO).build())
                .hasMessage("idleTimeout: PT0S (expected: 1 ms to 1 hour)");
        assertThatThrownBy(() -> new ApiKeys(List.of("with space")))
                .hasMessageContaining("API key");
    }

    /** Something that another thread will have done. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        for (int i = 0; i < 2000; i++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(5);
        }
        throw new AssertionError("did not come to be");
    }
}
