package io.strider.server.http;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the server says while it runs, a line each. Thread-safe if the lines' receiver is. */
public final class ServerLog {
    private static final double NANOS_PER_MILLI = 1e6;

    /** How lines look. */
    public enum Style {
        /** An object of JSON a line. */
        JSON,
        /** For people. */
        TEXT,
        /** No line for a request; what else happens is told for people. */
        OFF
    }

    private final Style style;
    private final Consumer<String> lines;

    /**
     * A log.
     *
     * @param lines given each line, without its end; called by many threads at once
     */
    public ServerLog(Style style, Consumer<String> lines) {
        this.style = Objects.requireNonNull(style, "style");
        this.lines = Objects.requireNonNull(lines, "lines");
    }

    /**
     * A request that has been answered, or whose client went away.
     *
     * @param status of HTTP; 499 if the client went away
     */
    record Entry(
            String id,
            String client,
            String caller,
            String method,
            String path,
            int status,
            long bytesIn,
            long bytesOut,
            long nanos) {}

    /**
     * Tells of a request.
     *
     * @param failure why it has no result, or null
     */
    void request(Entry entry, @Nullable Failure failure) {
        switch (style) {
            case JSON -> lines.accept(json(entry, failure));
            case TEXT -> lines.accept(text(entry, failure));
            case OFF -> {}
        }
        if (failure != null && failure.unexpected() != null) {
            event("request " + entry.id() + " failed", failure.unexpected());
        }
    }

    private static String json(Entry entry, @Nullable Failure failure) {
        StringBuilder line = new StringBuilder(256).append("{\"time\":").append(Json.quote(now()));
        line.append(",\"id\":").append(Json.quote(entry.id()));
        line.append(",\"client\":").append(Json.quote(entry.client()));
        if (!entry.caller().equals(entry.client())) {
            line.append(",\"caller\":").append(Json.quote(entry.caller()));
        }
        line.append(",\"method\":").append(Json.quote(entry.method()));
        line.append(",\"path\":").append(Json.quote(entry.path()));
        line.append(",\"status\":").append(entry.status());
        line.append(",\"bytes_in\":").append(entry.bytesIn());
        line.append(",\"bytes_out\":").append(entry.bytesOut());
        line.append(",\"ms\":").append(millis(entry.nanos()));
        if (failure != null) {
            line.append(",\"reason\":").append(Json.quote(failure.reason()));
            line.append(",\"message\":").append(Json.quote(failure.message()));
        }
        return line.append('}').toString();
    }

    private static String text(Entry entry, @Nullable Failure failure) {
        String line =
                "%s %s %s %s %s %d %sms"
                        .formatted(
                                now(),
                                entry.id(),
                                entry.caller(),
                                entry.method(),
                                plain(entry.path()),
                                entry.status(),
                                millis(entry.nanos()));
        return failure == null
                ? line
                : line + " " + failure.reason() + ": " + plain(failure.message());
    }

    /** Tells of something else that happened. */
    public void event(String message) {
        lines.accept(
                style == Style.JSON
                        ? "{\"time\":%s,\"event\":%s}"
                                .formatted(Json.quote(now()), Json.quote(message))
                        : "strider: " + plain(message));
    }

    /** Tells of a failure that is the server's, with its stack trace. */
    public void event(String message, Throwable failure) {
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        lines.accept(
                style == Style.JSON
                        ? "{\"time\":%s,\"event\":%s,\"stack\":%s}"
                                .formatted(
                                        Json.quote(now()),
                                        Json.quote(message),
                                        Json.quote(stack.toString()))
                        : "strider: " + plain(message) + "\n" + stack.toString().stripTrailing());
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI);
    }

    /** What a client sent must not break a line, nor reach a terminal as a command. */
    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
