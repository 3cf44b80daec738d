package io.strider.server.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.strider.server.inference.Inference;
import io.strider.server.inference.ManagedInference;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The server's HTTP side: reachable from the first moment, ready once it has models.
 *
 * <p>Each connection has a virtual thread, on which its requests are read, answered and logged one
 * after the other. Thread-safe.
 */
public final class EmbeddingServer implements AutoCloseable {
    private static final int MOST_HEADER_BYTES = 16 << 10;
    private static final int MOST_LINE_BYTES = 8 << 10;
    private static final int BACKLOG = 1024;
    private static final Duration WRITE_TIME = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(5);

    /** For telling clients that their requests were given up. */
    private static final Duration TIME_TO_TELL = Duration.ofSeconds(1);

    /** Kept, since a logger that nobody holds forgets its level. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    private static final Logger HELIDON_START = Logger.getLogger("io.helidon.webserver.LoomServer");

    /** Asked for without a key, exactly so. */
    private static final Set<String> OPEN =
            Set.of(HealthService.PATH, MetricsService.PATH, "/v2/health/live", "/v2/health/ready");

    /** The services that models are asked through. */
    @FunctionalInterface
    interface Protocols {
        /** The services for these models, and whether requests are answered now. */
        List<HttpService> of(Inference inference, BooleanSupplier ready);
    }

    private final ServerOptions options;
    private final ServerMetrics metrics;
    private final ServerLog log;
    private final StartingInference inference = new StartingInference();
    private final BodyBudget bodies;
    private final Connections connections;
    private final Exchange exchange;
    private final WebServer web;

    private EmbeddingServer(
            ServerOptions options, ServerMetrics metrics, ServerLog log, Protocols protocols)
            throws IOException {
        this.options = options;
        this.metrics = metrics;
        this.log = log;
        bodies = new BodyBudget(options.maxBodies());
        RequestRecorder recorder = new RequestRecorder(log, metrics);
        exchange = new Exchange(options, inference, recorder);
        connections =
                new Connections(
                        http(),
                        new ConnectionLimits(
                                options.idleTimeout(),
                                options.headerTimeout(),
                                WRITE_TIME,
                                options.maxBody()),
                        bodies,
                        options.maxConnections(),
                        options.tls() != null);
        metrics.watch(connections, bodies, inference);
        try {
            web = web(new Errors(recorder), protocols);
        } catch (IOException | RuntimeException failed) {
            connections.close();
            throw failed;
        }
    }

    /**
     * Starts a server. It refuses requests for models until {@link #serve}.
     *
     * @throws IOException if the address cannot be listened at, or the files for TLS are bad
     */
    public static EmbeddingServer start(ServerOptions options, ServerMetrics metrics, ServerLog log)
            throws IOException {
        return start(options, metrics, log, ProtocolServices::of);
    }

    /** Starts a server that speaks these protocols. */
    static EmbeddingServer start(
            ServerOptions options, ServerMetrics metrics, ServerLog log, Protocols protocols)
            throws IOException {
        HELIDON.setLevel(Level.SEVERE);
        HELIDON_START.setLevel(Level.OFF); // says as little as possible of a port that is taken
        InetSocketAddress address = address(options);
        EmbeddingServer server = new EmbeddingServer(options, metrics, log, protocols);
        server.web.start();
        if (!server.web.isRunning()) {
            server.close();
            throw new IOException(
                    "%s:%d: could not be listened at".formatted(options.host(), address.getPort()));
        }
        return server;
    }

    /** Tries the address first: Helidon only logs that one is taken. */
    private static InetSocketAddress address(ServerOptions options) throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
        if (address.isUnresolved()) {
            throw new UnknownHostException(
                    "host: %s: unknown (expected: an address of this machine, or 0.0.0.0)"
                            .formatted(options.host()));
        }
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(address);
            return address;
        } catch (BindException taken) {
            IOException told =
                    new IOException(
                            ("port %d of %s: %s (expected: a free port of this machine; --port takes"
                                            + " another one, 0 any that is free)")
                                    .formatted(options.port(), options.host(), taken.getMessage()));
            told.initCause(taken);
            throw told;
        }
    }

    private static ServerConnectionSelector http() {
        return Http1ConnectionSelector.builder()
                .config(
                        Http1Config.builder()
                                .maxPrologueLength(MOST_LINE_BYTES)
                                .maxHeadersSize(MOST_HEADER_BYTES)
                                .build())
                .build();
    }

    private WebServer web(Errors errors, Protocols protocols) throws IOException {
        DirectHandlers.Builder direct = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            direct.addHandler(event, errors);
        }
        var builder =
                WebServer.builder()
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .protocolsDiscoverServices(false)
                        .host(options.host())
                        .port(options.port())
                        .backlog(BACKLOG)
                        .useNio(false) // the JDK's own TLS, half the buffers
                        .connectionOptions(
                                new AcceptOptions(
                                        SocketOptions.builder().tcpNoDelay(true).build(),
                                        connections::accepted))
                        .addConnectionSelector(connections)
                        .directHandlers(direct.build())
                        .mediaContext(
                                MediaContext.builder().mediaSupportsDiscoverServices(false).build())
                        .contentEncoding(
                                ContentEncodingContext.builder()
                                        .contentEncodingsDiscoverServices(false)
                                        .build())
                        .shutdownGracePeriod(Duration.ofSeconds(1))
                        .addRouting(routing(errors, protocols));
        TlsFiles tls = options.tls();
        if (tls != null) {
            builder.tls(tls.load());
        }
        return builder.build();
    }

    private HttpRouting.Builder routing(Errors errors, Protocols protocols) {
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(exchange)
                        .error(Throwable.class, errors)
                        .any(new Gate(options, EmbeddingServer::isOpen));
        for (HttpService service : protocols.of(inference, inference::isReady)) {
            routing.register(service);
        }
        return routing.register(
                new HealthService(inference::isReady),
                new MetricsService(metrics),
                new AdminService(inference, log),
                new ResourceService());
    }

    private static boolean isOpen(String path) {
        return OPEN.contains(path) || ResourceService.serves(path);
    }

    /** From now on requests are answered with these models, which the caller closes in the end. */
    public void serve(ManagedInference models) {
        inference.ready(Objects.requireNonNull(models, "models"));
    }

    /** The port that is listened at. */
    public int port() {
        return web.port();
    }

    /** Where it is reached from this machine. */
    public String address() {
        String host = options.host();
        if (host.equals("0.0.0.0") || host.equals("::")) {
            host = "localhost";
        } else if (host.contains(":")) {
            host = "[" + host + "]";
        }
        return "%s://%s:%d".formatted(options.tls() == null ? "http" : "https", host, port());
    }

    /**
     * Replaces models by what is now in their files, and logs how that went.
     *
     * @param name null for all models
     * @throws IOException if a file is bad, or there are no models yet; nothing has changed then
     */
    public void replace(@Nullable String name) throws IOException {
        ManagedInference models =
                inference
                        .loaded()
                        .orElseThrow(() -> new IOException("the models are still being loaded"));
        AdminService.replace(models, name, log);
    }

    /**
     * Refuses new requests with 503 from now on, and waits until those that have been accepted are
     * answered.
     *
     * @param most how long; what has not ended by then is given up, and told so
     * @return whether nothing had to be given up
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean drain(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        inference.end();
        ManagedInference models = inference.loaded().orElse(null);
        if (models == null) {
            return true;
        }
        boolean idle = awaitAnswers(end);
        models.drain();
        if (!idle) {
            models.giveUp();
            awaitAnswers(System.nanoTime() + TIME_TO_TELL.toNanos());
        }
        return idle;
    }

    /** Whether all that was accepted is answered in time. */
    private boolean awaitAnswers(long end) throws InterruptedException {
        while (exchange.underWay() > 0 && System.nanoTime() - end < 0) {
            Thread.sleep(POLL);
        }
        return exchange.underWay() == 0;
    }

    /** Ends at once: closes all connections. The models stay open. */
    @Override
    public void close() {
        inference.end();
        connections.close();
        web.stop();
    }
}
