package io.strider.server.http;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.strider.server.inference.InferenceObserver;
import io.strider.server.inference.ManagedInference;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.Occupancy;
import io.strider.server.inference.RefusedException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a server counts and times, in Micrometer's registry for Prometheus. Labels take few values:
 * what clients choose freely, paths and models that do not exist, never becomes one. Thread-safe.
 */
public final class ServerMetrics implements InferenceObserver, AutoCloseable {
    private static final Duration[] TIMES = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };
    private static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64};

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private @Nullable JvmGcMetrics collections;
    private final Map<Answer, Timer> requests = new ConcurrentHashMap<>();
    private final Map<String, ModelMeters> models = new ConcurrentHashMap<>();

    /** What requests are told apart by. */
    private record Answer(String endpoint, int status) {}

    /** What is told of each model. */
    private record ModelMeters(
            Timer decodeWait,
            Timer decode,
            Timer queue,
            Timer compute,
            DistributionSummary batch) {}

    /**
     * What the JVM tells of itself, from the first time that anybody asks: a start need not wait.
     */
    private synchronized void watchJvm() {
        if (collections != null) {
            return;
        }
        collections = new JvmGcMetrics();
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** All that is known, in Prometheus' text format. */
    String text() {
        watchJvm();
        return registry.scrape();
    }

    /** Reads the state of connections and models whenever it is asked for. */
    void watch(Connections connections, BodyBudget bodies, StartingInference inference) {
        gauge("strider.connections", "open connections", connections, Connections::count);
        gauge("strider.connections.most", "those that may be open", connections, Connections::most);
        counter(
                "strider.connections.refused",
                "as too many were busy",
                connections,
                Connections::refused);
        counter(
                "strider.connections.displaced",
                "idle ones that gave way",
                connections,
                Connections::displaced);
        counter(
                "strider.connections.expired",
                "that took longer than they may, idle ones too",
                connections,
                Connections::expired);
        gauge("strider.body.bytes", "bodies in memory", bodies, BodyBudget::taken);
        gauge("strider.ready", "1 if requests are answered", inference, of -> of.isReady() ? 1 : 0);
        watch(inference, "strider.queued", "pictures that wait", Occupancy::queued);
        watch(inference, "strider.queue.capacity", "those that may", Occupancy::queueCapacity);
        watch(inference, "strider.computing", "threads that compute", Occupancy::computing);
        watch(inference, "strider.compute.threads", "those there are", Occupancy::computeThreads);
        watch(inference, "strider.decoding", "threads that decode", Occupancy::decoding);
        watch(inference, "strider.decode.threads", "those there are", Occupancy::decodeThreads);
        watch(
                inference,
                "strider.native.bytes",
                "off-heap bytes that computations hold",
                Occupancy::nativeBytes);
        watch(
                inference,
                "strider.native.limit.bytes",
                "off-heap bytes that they may hold",
                Occupancy::nativeLimit);
    }

    private void watch(
            StartingInference inference,
            String name,
            String description,
            ToDoubleFunction<Occupancy> value) {
        gauge(
                name,
                description,
                inference,
                of ->
                        of.loaded()
                                .map(ManagedInference::occupancy)
                                .map(value::applyAsDouble)
                                .orElse(0.0));
    }

    private <T> void counter(String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }

    /**
     * A request has been answered, or its client has gone.
     *
     * @param failure why it has no result, or null
     */
    void request(ServerLog.Entry entry, @Nullable Failure failure) {
        String endpoint = endpoint(entry.path(), entry.status());
        requests.computeIfAbsent(
                        new Answer(endpoint, entry.status()),
                        answer ->
                                Timer.builder("strider.requests")
                                        .description("from a request's headers to its answer's end")
                                        .tag("endpoint", answer.endpoint())
                                        .tag("status", String.valueOf(answer.status()))
                                        .serviceLevelObjectives(TIMES)
                                        .register(registry))
                .record(entry.nanos(), TimeUnit.NANOSECONDS);
        if (failure != null) {
            registry.counter("strider.failures", "cause", failure.reason()).increment();
        }
    }

    /** The endpoint's name, of which there are few; what does not exist is one. */
    private static String endpoint(String path, int status) {
        return switch (path) {
            case "/", "/embed", "/compare", "/metrics", "/healthz", "/openapi.json" -> path;
            case "/v1/embeddings", "/v1/models", "/admin/reload" -> path;
            case "/v2", "/v2/health/live", "/v2/health/ready" -> path;
            default ->
                    path.startsWith("/v2/models/")
                            ? path.endsWith("/infer") ? "/v2/models/infer" : "/v2/models"
                            : status < 400 ? "page" : "other";
        };
    }

    private ModelMeters meters(String model) {
        return models.computeIfAbsent(
                model,
                name ->
                        new ModelMeters(
                                timer("strider.decode.wait", "for a free decoder", name),
                                timer("strider.decode", "decoding and resizing a picture", name),
                                timer("strider.queue", "waiting to be computed", name),
                                timer("strider.inference", "computing a batch", name),
                                DistributionSummary.builder("strider.batch.size")
                                        .description("items computed at once")
                                        .tag("model", name)
                                        .serviceLevelObjectives(BATCHES)
                                        .register(registry)));
    }

    private Timer timer(String name, String description, String model) {
        return Timer.builder(name)
                .description(description)
                .tag("model", model)
                .serviceLevelObjectives(TIMES)
                .register(registry);
    }

    @Override
    public void decoded(String model, long waitNanos, long decodeNanos) {
        ModelMeters meters = meters(model);
        meters.decodeWait().record(waitNanos, TimeUnit.NANOSECONDS);
        meters.decode().record(decodeNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void dequeued(String model, long queueNanos) {
        meters(model).queue().record(queueNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void computed(String model, int items, long computeNanos) {
        ModelMeters meters = meters(model);
        meters.compute().record(computeNanos, TimeUnit.NANOSECONDS);
        meters.batch().record(items);
    }

    @Override
    public void refused(String model, RefusedException.Reason reason) {
        registry.counter(
                        "strider.refusals",
                        "model",
                        model,
                        "cause",
                        reason.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void failed(String model, Throwable failure) {
        registry.counter("strider.batch.failures", "model", model).increment();
    }

    @Override
    public void replaced(ModelDescription model) {
        registry.counter("strider.replacements", "model", model.name()).increment();
    }

    @Override
    public synchronized void close() {
        if (collections != null) {
            collections.close();
        }
        registry.close();
    }
}
