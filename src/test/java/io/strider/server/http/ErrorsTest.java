package io.strider.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.BadRequestException;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.ForbiddenException;
import io.helidon.http.HttpException;
import io.helidon.http.InternalServerException;
import io.helidon.http.NotFoundException;
import io.helidon.http.RequestException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.strider.server.inference.Call;
import io.strider.server.inference.RefusedException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which status an error has: 500 for the server's faults, 4xx for what the client did. */
class ErrorsTest {
    private static final String HOST = "\r\nHost: x\r\n";

    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(
                    Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1), 1000);
    private static final ServerMetrics METRICS = new ServerMetrics();
    private static final List<String> LOG = new CopyOnWriteArrayList<>();
    private static EmbeddingServer server;

    /** What services may throw, by a word in the address. */
    private static final Map<String, Supplier<Throwable>> THROWN =
            Map.ofEntries(
                    Map.entry("runtime", () -> new IllegalStateException("secret")),
                    Map.entry("argument", () -> new IllegalArgumentException("secret")),
                    Map.entry("checked", () -> new IOException("secret")),
                    Map.entry("error", () -> new AssertionError("secret")),
                    Map.entry("stack", () -> new StackOverflowError("secret")),
                    Map.entry("memory", () -> new OutOfMemoryError("secret")),
                    Map.entry(
                            "refused",
                            () -> new RefusedException(RefusedException.Reason.TOO_LARGE, "said")),
                    Map.entry("helidon-400", () -> new BadRequestException("said")),
                    Map.entry("helidon-403", () -> new ForbiddenException("said")),
                    Map.entry("helidon-404", () -> new NotFoundException("said")),
                    Map.entry(
                            "helidon-413",
                            () -> new HttpException("said", Status.REQUEST_ENTITY_TOO_LARGE_413)),
                    Map.entry(
                            "helidon-500",
                            () -> new InternalServerException("secret", new IOException())),
                    Map.entry(
                            "helidon-503",
                            () -> new HttpException("secret", Status.SERVICE_UNAVAILABLE_503)),
                    Map.entry("event-bad", () -> event(EventType.BAD_REQUEST)),
                    Map.entry("event-large", () -> event(EventType.PAYLOAD_TOO_LARGE)),
                    Map.entry("event-forbidden", () -> event(EventType.FORBIDDEN)),
                    Map.entry("event-internal", () -> event(EventType.INTERNAL_ERROR)),
                    Map.entry("event-other", () -> event(EventType.OTHER)),
                    Map.entry("event-version", () -> event(EventType.HTTP_VERSION_NOT_SUPPORTED)));

    private static RequestException event(EventType type) {
        String words = type.defaultStatus().code() == 500 ? "secret" : "said";
        return RequestException.builder().type(type).message(words).build();
    }

    @BeforeAll
    static void start() throws IOException {
        server =
                EmbeddingServer.start(
                        ServerOptions.builder().port(0).maxBody(1000).build(),
                        METRICS,
                        new ServerLog(ServerLog.Style.JSON, LOG::add),
                        (_, _) -> List.of(new Throwing()));
        server.serve(new FakeModels());
    }

    @AfterAll
    static void end() {
        server.close();
        METRICS.close();
    }

    private static final class Throwing implements HttpService {
        @Override
        public void routing(HttpRules rules) {
            rules.get(
                            "/throw/{what}",
                            (request, _) -> {
                                String what = request.path().pathParameters().get("what");
                                switch (THROWN.get(what).get()) {
                                    case Exception exception -> throw exception;
                                    case Error error -> throw error;
                                    default -> throw new AssertionError(what);
                                }
                            })
                    .get("/silent", (_, _) -> {})
                    .get("/v1/silent", (_, _) -> {})
                    .get("/fine", (_, response) -> response.send("fine"))
                    .get(
                            "/query",
                            (request, response) ->
                                    response.send(
                                            "q: " + request.query().first("q").orElse("none")))
                    .post(
                            "/body",
                            (request, response) ->
                                    response.send("" + RequestContext.of(request).body().length));
        }
    }

    /** What comes back for these bytes until the server closes. */
    private static String exchange(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(bytes.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static String get(String path) throws IOException {
        return exchange("GET " + path + " HTTP/1.1" + HOST + "Connection: close\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_REQUEST, 400, 400, bad_request",
        "PAYLOAD_TOO_LARGE, 413, 413, too_large",
        "FORBIDDEN, 403, 403, forbidden",
        "INTERNAL_ERROR, 400, 500, bad_request",
        "OTHER, 400, 500, bad_request",
        "HTTP_VERSION_NOT_SUPPORTED, 505, 505, http_version_not_supported"
    })
    void eventsOfHelidonsHaveTheStatusOfWhoseDoingTheyAre(
            EventType event, int before, int serving, String reason) throws Exception {
        Errors errors = new Errors(new RequestRecorder(log(), METRICS));
        try (SocketChannel channel = SocketChannel.open()) {
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            ClientConnection connection =
                    new ClientConnection(channel, LIMITS, new BodyBudget(1000));
            ScopedValue.where(ClientConnection.CURRENT, connection)
                    .run(() -> {
                        TransportResponse response = handle(errors, event);
                        assertThat(response.status().code()).isEqualTo(before);
                        assertThat(body(response)).contains(reason);
                        connection.serving(true);
                        response = handle(errors, event);
                        assertThat(response.status().code()).isEqualTo(serving);
                        assertThat(body(response))
                                .contains(serving == 500 ? "internal_error" : reason);
                        connection.serving(false);
                        assertThat(handle(errors, event).status().code()).isEqualTo(before);
                    });
        }
    }

    /** A socket that cannot be read for want of memory. */
    private static HelidonSocket unreadable() {
        return (HelidonSocket)
                Proxy.newProxyInstance(
                        HelidonSocket.class.getClassLoader(),
                        new Class<?>[] {HelidonSocket.class},
                        (_, method, _) -> {
                            throw method.getName().equals("get")
                                    ? new OutOfMemoryError("of a test")
                                    : new AssertionError(method);
                        });
    }

    @Test
    void whatFailsInOurOwnReadingIsNotTheClients() throws Exception {
        try (SocketChannel channel = SocketChannel.open()) {
            ClientConnection connection =
                    new ClientConnection(channel, LIMITS, new BodyBudget(1000));
            DataReader reader = connection.open(unreadable());
            assertThatThrownBy(reader::read).isInstanceOf(OutOfMemoryError.class);
            assertThat(connection.isServing()).isTrue();
        }
    }

    @Test
    void readingAheadThatFailsEndsTheConnectionButNotItsRequest() throws Exception {
        ServerRequest request =
                (ServerRequest)
                        Proxy.newProxyInstance(
                                ServerRequest.class.getClassLoader(),
                                new Class<?>[] {ServerRequest.class},
                                (_, method, _) -> {
                                    throw new AssertionError(method);
                                });
        try (SocketChannel channel = SocketChannel.open()) {
            ClientConnection connection =
                    new ClientConnection(channel, LIMITS, new BodyBudget(1000));
            DataReader reader = connection.open(unreadable());
            Call call = Call.within("id", "caller", 1, TimeUnit.MINUTES);
            connection.received(
                    new RequestContext(
                            request, connection, new StartingInference(), 1000, "client", call));
            assertThatThrownBy(reader::read) // waits for whoever reads ahead
                    .isInstanceOf(CloseConnectionException.class)
                    .hasCauseInstanceOf(OutOfMemoryError.class);
            assertThat(connection.isGone()).isFalse();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    private static TransportResponse handle(Errors errors, EventType event) {
        return errors.handle(
                TransportRequest.empty(),
                event,
                event.defaultStatus(),
                ServerResponseHeaders.create(),
                (String) null);
    }

    private static String body(TransportResponse response) {
        return new String(response.entity().orElseThrow(), UTF_8);
    }

    private static ServerLog log() {
        return new ServerLog(ServerLog.Style.OFF, _ -> {});
    }

    @ParameterizedTest
    @CsvSource({
        "runtime, 500, internal_error",
        "argument, 500, internal_error",
        "checked, 500, internal_error",
        "error, 500, internal_error",
        "stack, 500, internal_error",
        "memory, 503, out_of_memory",
        "refused, 413, too_large",
        "helidon-400, 400, bad_request",
        "helidon-403, 403, forbidden",
        "helidon-404, 404, not_found",
        "helidon-413, 413, too_large",
        "helidon-500, 500, internal_error",
        "helidon-503, 500, internal_error",
        "event-bad, 400, bad_request",
        "event-large, 413, too_large",
        "event-forbidden, 403, forbidden",
        "event-internal, 500, internal_error",
        "event-other, 500, internal_error",
        "event-version, 505, http_version_not_supported"
    })
    void whatIsThrownHasItsStatusInAnswerLogAndMetrics(String what, int status, String reason)
            throws IOException {
        LOG.clear();
        assertThat(get("/throw/" + what))
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("application/json", "X-Request-Id: ", "\"reason\":\"" + reason + "\"")
                .doesNotContain("secret");
        List<String> lines = LOG.stream().filter(line -> line.contains("/throw/" + what)).toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst())
                .contains("\"status\":" + status, "\"reason\":\"" + reason + "\"");
        assertThat(METRICS.text())
                .containsPattern("strider_failures_total\\{cause=\"" + reason + "\"} [1-9]");
        if (status == 500) {
            assertThat(LOG).anyMatch(line -> line.contains("failed") && line.contains("stack"));
        }
        assertThat(get("/fine")).startsWith("HTTP/1.1 200 ").endsWith("fine");
    }

    @ParameterizedTest
    @CsvSource({"/silent, reason", "/v1/silent, server_error"})
    void aServiceThatAnswersNothingIsAFaultOfTheServers(String path, String words)
            throws IOException {
        assertThat(get(path))
                .startsWith("HTTP/1.1 500 ")
                .contains("internal error", words)
                .doesNotContain("Internal Server Error\"");
    }

    static List<Map.Entry<Integer, String>> requests() {
        String get = "GET /fine HTTP/1.1" + HOST;
        String post = "POST /body HTTP/1.1" + HOST;
        String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
        return List.of(
                Map.entry(400, "GARBAGE\r\n\r\n"),
                Map.entry(405, " / HTTP/1.1" + HOST + "Connection: close\r\n\r\n"),
                Map.entry(400, "GET / HTTP/0.9" + HOST + "\r\n"),
                Map.entry(400, "GET / HTTP/2.0" + HOST + "\r\n"),
                Map.entry(400, "G\0T /fine HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GÜT /fine HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /f\u0001 HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /%zz HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /%c3%28%ff%f HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /query?q=%zz HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /query?q=%f HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /query?%=% HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /query?q=1#%zz HTTP/1.1" + HOST + "\r\n"),
                Map.entry(404, "GET fine HTTP/1.1" + HOST + "Connection: close\r\n\r\n"),
                Map.entry(400, "GET http://[::g/ HTTP/1.1" + HOST + "\r\n"),
                Map.entry(400, "GET /fine HTTP/1.1\r\n\r\n"),
                Map.entry(400, "GET /fine HTTP/1.1\r\nHost: \r\n\r\n"),
                Map.entry(400, "GET /fine HTTP/1.1\r\nHost: a b\r\n\r\n"),
                Map.entry(400, "GET /fine HTTP/1.1\r\nHost: a:99999999999\r\n\r\n"),
                Map.entry(400, "GET /fine HTTP/1.1\r\nHost: [::\r\n\r\n"),
                Map.entry(400, "GET /fine HTTP/1.1" + HOST + "Host: y\r\n\r\n"),
                Map.entry(400, get + "no colon\r\n\r\n"),
                Map.entry(400, get + "A\0B: c\r\n\r\n"),
                Map.entry(400, get + "A: c\0d\r\n\r\n"),
                Map.entry(400, get + "Connection: close\r\nX-Timeout-Ms: soon\r\n\r\n"),
                Map.entry(400, get + "X: " + "y".repeat(20_000) + "\r\n\r\n"),
                Map.entry(414, "GET /" + "y".repeat(20_000) + " HTTP/1.1" + HOST + "\r\n"),
                Map.entry(505, "GET /fine HTTP/1.0" + HOST + "\r\n"),
                Map.entry(404, "GET /nothing HTTP/1.1" + HOST + "Connection: close\r\n\r\n"),
                Map.entry(405, "PUT /healthz HTTP/1.1" + HOST + "Connection: close\r\n\r\n"),
                Map.entry(400, post + "Content-Length: -1\r\n\r\n"),
                Map.entry(400, post + "Content-Length: ten\r\n\r\n"),
                Map.entry(400, post + "Content-Length: 99999999999999999999\r\n\r\n"),
                Map.entry(400, post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                Map.entry(400, post + "Content-Length: 1\r\nContent-Encoding: gzip\r\n\r\na"),
                Map.entry(400, post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"),
                Map.entry(400, post + "Transfer-Encoding: gzip\r\n\r\n"),
                Map.entry(501, post + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
                Map.entry(400, chunked + "zz\r\n"),
                Map.entry(400, chunked + "-1\r\n"),
                Map.entry(400, chunked + "fffffffffffffffff\r\n"),
                Map.entry(413, chunked + "400\r\n" + "y".repeat(1024) + "\r\n0\r\n\r\n"),
                Map.entry(413, post + "Content-Length: 1001\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void whatClientsDoWrongIsTheirs(Map.Entry<Integer, String> request) throws IOException {
        assertThat(exchange(request.getValue()))
                .as(new String(request.getValue().getBytes(US_ASCII), US_ASCII))
                .startsWith("HTTP/1.1 " + request.getKey() + " ")
                .contains("application/json", "X-Request-Id: ", "\"error\":")
                .doesNotContain("internal", "Internal");
        assertThat(get("/fine")).startsWith("HTTP/1.1 200 ").endsWith("fine");
    }
}
