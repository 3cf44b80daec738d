package io.strider.server.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of the JDK's that answers as a test says. */
public final class FakeServer implements AutoCloseable {
    /** What to answer. */
    public record Reply(int status, String body) {}

    /** A request as it came. */
    public record Asked(String method, String path, HttpExchange exchange, byte[] body) {
        /** The body, taken for text. */
        public String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        /** A header's value, or null. */
        public String header(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }
    }

    /** Says what to answer; {@code number} counts from 0. */
    @FunctionalInterface
    public interface Behaviour {
        /** The answer. */
        Reply answer(Asked asked, int number) throws InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger count = new AtomicInteger();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /** Starts at a free port. */
    public FakeServer(Behaviour behaviour) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    Asked request =
                            new Asked(
                                    exchange.getRequestMethod(),
                                    exchange.getRequestURI().toString(),
                                    exchange,
                                    body);
                    asked.add(request);
                    try {
                        Reply reply = behaviour.answer(request, count.getAndIncrement());
                        byte[] text = reply.body().getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(
                                reply.status(), text.length == 0 ? -1 : text.length);
                        exchange.getResponseBody().write(text);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    } finally {
                        exchange.close();
                    }
                });
        server.start();
    }

    /** Answers everything with 200. */
    public static FakeServer willing() throws IOException {
        return new FakeServer((_, _) -> new Reply(200, "{}"));
    }

    /** Its address. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All that it was asked, in order of arrival. */
    public List<Asked> asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
