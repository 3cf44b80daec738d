package io.strider.server.http;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.Inference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * A server on a port of its own with fake models and one small protocol: {@code POST /embed}
 * answers how many bytes its body had, as the models tell it.
 */
final class TestServer implements AutoCloseable {
    private static final int READ_TIMEOUT = 20_000;

    final FakeModels models = new FakeModels();
    final List<String> log = new CopyOnWriteArrayList<>();
    final ServerMetrics metrics = new ServerMetrics();
    final EmbeddingServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    private TestServer(UnaryOperator<ServerOptions.Builder> options, ServerLog.Style style)
            throws IOException {
        server =
                EmbeddingServer.start(
                        options.apply(ServerOptions.builder().port(0)).build(),
                        metrics,
                        new ServerLog(style, log::add),
                        (inference, ready) -> List.of(new Lengths(inference)));
    }

    /** A server that is ready. */
    static TestServer start(UnaryOperator<ServerOptions.Builder> options) throws IOException {
        return start(options, ServerLog.Style.JSON);
    }

    static TestServer start(UnaryOperator<ServerOptions.Builder> options, ServerLog.Style style)
            throws IOException {
        TestServer started = new TestServer(options, style);
        started.server.serve(started.models);
        return started;
    }

    static TestServer start() throws IOException {
        return start(UnaryOperator.identity());
    }

    /** A server whose models are not there yet. */
    static TestServer starting() throws IOException {
        return new TestServer(UnaryOperator.identity(), ServerLog.Style.JSON);
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(to(path));
    }

    HttpResponse<String> post(String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = to(path).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** The line of the log that holds these words; logged just after the answer was sent. */
    String awaitLine(String words) throws InterruptedException {
        for (int i = 0; i < READ_TIMEOUT; i++) {
            for (String line : log) {
                if (line.contains(words)) {
                    return line;
                }
            }
            Thread.sleep(1);
        }
        throw new AssertionError("no line with " + words + " in " + log);
    }

    /** A connection without a client's library. */
    Raw raw() throws IOException {
        return new Raw(new Socket("127.0.0.1", server.port()));
    }

    @Override
    public void close() {
        client.close();
        server.close();
        metrics.close();
    }

    /** Bytes there and back. */
    record Raw(Socket socket) implements AutoCloseable {
        Raw {
            try {
                socket.setSoTimeout(READ_TIMEOUT);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        Raw send(String text) throws IOException {
            return send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        Raw send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return this;
        }

        /** An answer's line and headers. */
        String head() throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return head.toString();
                }
                head.append((char) next);
            }
            return head.toString();
        }

        /** An answer with its headers and its body, as Content-Length tells. */
        String answer() throws IOException {
            String head = head();
            int length = 0;
            for (String line : head.lines().toList()) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).trim());
                }
            }
            return head
                    + new String(
                            socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
        }

        /** Whether the server has closed; waits until it has, or something comes. */
        boolean isClosed() {
            try {
                return socket.getInputStream().read() < 0;
            } catch (IOException reset) {
                return !(reset instanceof java.net.SocketTimeoutException);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** The protocol. */
    private record Lengths(Inference inference) implements HttpService {
        @Override
        public void routing(HttpRules rules) {
            rules.post("/embed", this::embed).any("/embed", new OtherMethods("POST"));
            rules.post("/v1/embeddings", this::embed);
            rules.post("/v2/models/{model}/infer", this::embed);
        }

        private void embed(ServerRequest request, ServerResponse response) throws Exception {
            RequestContext context = RequestContext.of(request);
            byte[] body = context.body();
            String model = request.query().first("model").orElse(null);
            inference.model(model);
            float[] vector =
                    inference
                            .embed(model, List.of(body), context.call())
                            .pictures()
                            .getFirst()
                            .vector();
            response.send("bytes: " + (long) vector[0]);
        }
    }
}
