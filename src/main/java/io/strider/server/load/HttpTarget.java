package io.strider.server.load;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is.
 *
 * @param host name or address
 * @param port its port
 * @param secure whether it speaks TLS
 * @param path what all paths begin with, without a slash at its end
 * @param certificate the server's own, which alone is trusted, whatever name it has; null to trust
 *     those that the JVM does
 */
public record HttpTarget(
        String host, int port, boolean secure, String path, @Nullable X509Certificate certificate) {
    /**
     * Reads a server's address.
     *
     * @param url such as {@code http://localhost:8080}; without a scheme it is http
     * @throws IllegalArgumentException if it is none
     */
    public static HttpTarget of(String url) {
        URI uri;
        try {
            uri = new URI(url.contains("://") ? url : "http://" + url);
        } catch (URISyntaxException bad) {
            throw new IllegalArgumentException(expected(url), bad);
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        if (host == null
                || !(scheme.equals("http") || scheme.equals("https"))
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || uri.getPort() == 0
                || uri.getPort() > 65535) {
            throw new IllegalArgumentException(expected(url));
        }
        boolean secure = scheme.equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
        String path = uri.getRawPath();
        return new HttpTarget(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port,
                secure,
                path.endsWith("/") ? path.substring(0, path.length() - 1) : path,
                null);
    }

    /**
     * The same server, known by its certificate.
     *
     * @param file in PEM; its first certificate counts
     * @throws IOException if it cannot be read, or is none
     */
    public HttpTarget knownBy(Path file) throws IOException {
        return new HttpTarget(host, port, secure, path, PinnedCertificate.read(file));
    }

    private static String expected(String url) {
        return "%s: no server's address (expected: such as http://localhost:8080)".formatted(url);
    }

    /** As an address for people, and for whoever reads it again. */
    public String url() {
        return "%s://%s%s".formatted(secure ? "https" : "http", authority(), path);
    }

    private String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /**
     * The bytes of a request.
     *
     * @param method such as {@code GET}
     * @param resource a path below this one's, with a slash at its beginning
     * @param headers beside those that every request has
     * @param body empty if there is none
     */
    public byte[] request(
            String method, String resource, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(path).append(resource).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(authority()).append("\r\n");
        head.append("User-Agent: strider\r\n");
        headers.forEach((name, value) -> {
            if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new IllegalArgumentException(
                        "%s: a value with other characters (expected: printable ASCII)"
                                .formatted(name));
            }
            head.append(name).append(": ").append(value).append("\r\n");
        });
        if (body.length > 0) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[Math.addExact(start.length, body.length)];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }
}
