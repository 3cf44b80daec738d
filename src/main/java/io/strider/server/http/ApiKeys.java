package io.strider.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Keys that requests must show one of. Holds their digests only; how long a check takes does not
 * depend on the keys. Immutable.
 */
public final class ApiKeys {
    private static final int NAME_BYTES = 6;

    private final List<byte[]> digests;

    /**
     * These keys.
     *
     * @throws IllegalArgumentException if one is empty or holds other than visible ASCII
     *     characters, which no header can carry
     */
    public ApiKeys(Collection<String> keys) {
        for (String key : keys) {
            if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException(
                        "API key: empty, or with spaces or other than ASCII characters (expected:"
                                + " visible ASCII characters)");
            }
        }
        digests = keys.stream().map(ApiKeys::digest).toList();
    }

    /** Whether there is none: then none is needed. */
    boolean isEmpty() {
        return digests.isEmpty();
    }

    /**
     * Checks a key.
     *
     * @return a name for the key that does not give it away; nothing if it is not one of these
     */
    Optional<String> nameOf(String key) {
        byte[] shown = digest(key);
        boolean known = false;
        for (byte[] digest : digests) {
            known |= MessageDigest.isEqual(digest, shown); // all of them: equal time for any
        }
        return known
                ? Optional.of("key-" + HexFormat.of().formatHex(shown, 0, NAME_BYTES))
                : Optional.empty();
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every JDK has it
        }
    }
}
