package io.strider.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files of the jar that are served as they are: the page and the description of the interface. */
final class ResourceService implements HttpService {
    /** Nothing from elsewhere, and nothing that is shown inside another site. */
    private static final Header POLICY =
            HeaderValues.createCached(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:"
                            + " data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
                            + " frame-ancestors 'none'");

    private static final Header NO_GUESSING =
            HeaderValues.createCached("X-Content-Type-Options", "nosniff");

    /** Small, and another version may be behind the same address tomorrow. */
    private static final Header FRESH =
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");

    private static final Map<String, Header> TYPES =
            Map.of(
                    "html", type("text/html; charset=utf-8"),
                    "css", type("text/css; charset=utf-8"),
                    "js", type("text/javascript; charset=utf-8"),
                    "json", type("application/json"),
                    "svg", type("image/svg+xml"),
                    "png", type("image/png"),
                    "ico", type("image/x-icon"));

    /** A file beside the page: one name, no folder. */
    private static final Pattern NAME =
            Pattern.compile("/([a-z0-9][a-z0-9-]{0,63}\\.(?:html|css|js|svg|png|ico))");

    private static final String PAGE = "/io/strider/server/page/";

    /** What has a path of its own. */
    private static final Map<String, String> FILES =
            Map.of(
                    "/",
                    PAGE + "index.html",
                    "/openapi.json",
                    "/io/strider/server/protocol/openapi.json");

    private final Map<String, byte[]> read = new ConcurrentHashMap<>();

    private static Header type(String type) {
        return HeaderValues.createCached(HeaderNames.CONTENT_TYPE, type);
    }

    /** Whether a path may be one of these files. */
    static boolean serves(String path) {
        return FILES.containsKey(path) || NAME.matcher(path).matches();
    }

    @Override
    public void routing(HttpRules rules) {
        for (String path : FILES.keySet()) {
            rules.get(path, this::answer).head(path, this::answer);
            rules.any(path, new OtherMethods("GET, HEAD"));
        }
        rules.get("/{name}", this::answer).head("/{name}", this::answer);
    }

    private void answer(ServerRequest request, ServerResponse response) throws IOException {
        String path = request.prologue().uriPath().path();
        Matcher matcher = NAME.matcher(path);
        String name = matcher.matches() ? PAGE + matcher.group(1) : FILES.get(path);
        byte[] bytes = name == null ? null : bytes(name);
        Header type = name == null ? null : TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (bytes == null || type == null) {
            response.next();
            return;
        }
        response.header(POLICY);
        response.header(NO_GUESSING);
        response.header(FRESH);
        Bodies.send(request, response, type, bytes);
    }

    private byte @Nullable [] bytes(String name) throws IOException {
        byte[] known = read.get(name);
        if (known != null) {
            return known;
        }
        try (InputStream stream = ResourceService.class.getResourceAsStream(name)) {
            if (stream == null) {
                return null;
            }
            byte[] bytes = stream.readAllBytes();
            read.put(name, bytes);
            return bytes;
        }
    }
}
