package io.strider.server.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of requests in logs. */
final class RequestIds {
    static final String HEADER = "X-Request-Id";

    private static final Pattern GOOD = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private RequestIds() {}

    /** The client's own if it is fit for a log, else a new one. */
    static String of(@Nullable String told) {
        return told != null && GOOD.matcher(told).matches()
                ? told
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
