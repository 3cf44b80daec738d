package io.strider.server.http;

import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The files that TLS needs, in PEM.
 *
 * @param key the private key, PKCS#8 ({@code BEGIN PRIVATE KEY}), without a password
 * @param certificates the server's certificate, those that vouch for it behind it
 */
public record TlsFiles(Path key, Path certificates) {
    /** Checks that both are there. */
    public TlsFiles {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(certificates, "certificates");
    }

    /**
     * Reads both.
     *
     * @throws IOException if one cannot be read, or they are not what they should be
     */
    Tls load() throws IOException {
        for (Path file : new Path[] {key, certificates}) {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            if (!Files.isReadable(file)) {
                throw new AccessDeniedException(file.toString());
            }
        }
        try {
            Keys keys =
                    Keys.builder()
                            .pem(pem ->
                                    pem.key(Resource.create(key))
                                            .certChain(Resource.create(certificates)))
                            .build();
            return Tls.builder().privateKey(keys).privateKeyCertChain(keys).build();
        } catch (RuntimeException bad) {
            throw new IOException(
                    "TLS: %s and %s: %s (expected: a private key in PKCS#8 and its certificates, in PEM)"
                            .formatted(key, certificates, bad.getMessage()),
                    bad);
        }
    }
}
