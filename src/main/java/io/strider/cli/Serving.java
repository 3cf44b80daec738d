package io.strider.cli;

import io.strider.server.http.EmbeddingServer;
import io.strider.server.http.ServerLog;
import io.strider.server.http.ServerMetrics;
import io.strider.server.http.ServerOptions;
import io.strider.server.inference.ManagedInference;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server's life: listening at once, ready when its models are loaded, until a signal ends it. */
final class Serving {
    /**
     * Loads models; told by what they are to tell what happens to them, which may still be on its
     * way.
     */
    @FunctionalInterface
    interface Loader {
        ManagedInference load(Supplier<ServerMetrics> metrics) throws IOException;
    }

    private sealed interface Event {}

    private record Loaded(ManagedInference models) implements Event {}

    private record NotLoaded(Throwable failure) implements Event {}

    private record Signal(String name) implements Event {}

    private final ServerOptions options;
    private final Loader loader;
    private final ServerLog log;
    private final Duration drainTimeout;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /**
     * A life that is not yet begun.
     *
     * @param drainTimeout how long requests that were accepted may take once the end has been asked
     *     for
     */
    Serving(ServerOptions options, Loader loader, ServerLog log, Duration drainTimeout) {
        this.options = options;
        this.loader = loader;
        this.log = log;
        this.drainTimeout = drainTimeout;
    }

    /** HUP replaces the models, any other signal ends the server. Returns at once. */
    void signal(String name) {
        events.add(new Signal(name));
    }

    /**
     * Serves until a signal comes.
     *
     * @param ready told once, when requests are answered
     * @return whether all that had been accepted was answered
     * @throws IOException if the address or a model cannot be had
     */
    boolean run(BiConsumer<EmbeddingServer, ManagedInference> ready) throws IOException {
        CompletableFuture<ServerMetrics> made = new CompletableFuture<>();
        Thread.ofPlatform().name("strider-load").daemon().start(() -> load(made::join));
        try (ServerMetrics metrics = new ServerMetrics()) {
            made.complete(metrics);
            ExecutorService replacing = replacing();
            try (EmbeddingServer server = EmbeddingServer.start(options, metrics, log)) {
                return serve(server, replacing, ready);
            } finally {
                replacing.shutdownNow(); // a model that is still being loaded is not waited for
            }
        } finally {
            made.cancel(false); // nothing any more if they were made
        }
    }

    /** One thread: two signals at once replace one after the other. */
    private static ExecutorService replacing() {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("strider-replace").daemon().factory());
    }

    private void load(Supplier<ServerMetrics> metrics) {
        try {
            events.add(new Loaded(loader.load(metrics)));
        } catch (Throwable failure) { // also errors: they end the server
            events.add(new NotLoaded(failure));
        }
    }

    private boolean serve(
            EmbeddingServer server,
            ExecutorService replacing,
            BiConsumer<EmbeddingServer, ManagedInference> ready)
            throws IOException {
        ManagedInference models = null;
        while (true) {
            switch (next()) {
                case Loaded loaded -> {
                    models = loaded.models();
                    server.serve(models);
                    ready.accept(server, models);
                }
                case NotLoaded not -> throw failure(not.failure());
                case Signal signal when signal.name().equals("HUP") -> {
                    if (models == null) {
                        log.event("models not replaced: they are still being loaded");
                    } else {
                        replacing.execute(() -> replace(server));
                    }
                }
                case Signal signal -> {
                    return end(server, models, signal.name());
                }
            }
        }
    }

    private Event next() {
        while (true) {
            try {
                return events.take();
            } catch (InterruptedException _) {
                return new Signal("interrupt"); // ends in order, as a signal does
            }
        }
    }

    private static IOException failure(Throwable failure) throws IOException {
        return switch (failure) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case IOException checked -> checked;
            default -> new IOException(failure);
        };
    }

    private void replace(EmbeddingServer server) {
        try {
            server.replace(null);
        } catch (IOException _) {
            // The log has it; the old models go on.
        } catch (RuntimeException | Error failure) {
            log.event("models not replaced", failure);
        }
    }

    private boolean end(EmbeddingServer server, @Nullable ManagedInference models, String signal) {
        log.event("ending on SIG" + signal + ": answering what was accepted");
        boolean whole;
        try {
            whole = server.drain(drainTimeout);
        } catch (InterruptedException _) {
            whole = false;
        }
        if (!whole) {
            log.event("ended; requests were given up after " + drainTimeout.toMillis() + " ms");
            return false;
        }
        if (models != null) {
            models.close();
        }
        log.event("ended; all that was accepted is answered");
        return true;
    }
}
