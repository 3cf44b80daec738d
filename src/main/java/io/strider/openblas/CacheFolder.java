package io.strider.openblas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * The folder that natives are unpacked to. What lies there is run as the user's own code, so nobody
 * else may be able to write it.
 */
final class CacheFolder {
    static final String PROPERTY = "strider.cache";

    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private static final Set<PosixFilePermission> OTHERS_WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private CacheFolder() {}

    /**
     * Where it is: the property {@value #PROPERTY}, else {@code $XDG_CACHE_HOME/strider}, else
     * {@code ~/.cache/strider}. As the XDG specification says, a relative {@code XDG_CACHE_HOME} is
     * ignored.
     *
     * @throws IOException if none of them is there
     */
    static Path path(Properties properties, Map<String, String> environment) throws IOException {
        String given = properties.getProperty(PROPERTY, "");
        if (!given.isEmpty()) {
            return Path.of(given).toAbsolutePath();
        }
        Path caches = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (caches.isAbsolute()) {
            return caches.resolve("strider");
        }
        Path home = Path.of(properties.getProperty("user.home", ""));
        if (home.isAbsolute()) {
            return home.resolve(".cache").resolve("strider");
        }
        throw new IOException(
                "the user has no home folder: set -D" + PROPERTY + "=/path/to/folder");
    }

    /**
     * Creates a folder, with rights for its owner only, unless it is there, and checks whose it is.
     *
     * @param folder the folder; folders above it that are missing are created alike
     * @param user the number of the user it must belong to
     * @throws IOException if it is a link or no folder, belongs to somebody else, or others may
     *     write it
     */
    static void open(Path folder, int user) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        requireOwn(folder, user);
    }

    private static void requireOwn(Path folder, int user) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw refused(folder, "a symbolic link", "a folder itself");
        }
        if (!attributes.isDirectory()) {
            throw refused(folder, "not a folder", "a folder");
        }
        Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(user)) {
            throw refused(folder, "owned by user " + owner, "owned by user " + user);
        }
        Set<PosixFilePermission> rights = attributes.permissions();
        if (rights.stream().anyMatch(OTHERS_WRITE::contains)) {
            throw refused(
                    folder, PosixFilePermissions.toString(rights), "writable by its owner only");
        }
    }

    private static IOException refused(Path folder, String value, String rule) {
        return new IOException(
                "cache folder "
                        + folder
                        + ": "
                        + value
                        + " (expected: "
                        + rule
                        + "); correct it or set -D"
                        + PROPERTY
                        + "=/path/to/folder");
    }
}
