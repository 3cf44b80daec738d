package io.strider.openblas;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * OpenBLAS and the runtime libraries of GCC that it needs, as {@code org.bytedeco:openblas} packs
 * them, unpacked to a cache folder.
 *
 * <p>The files lie in a folder named after their contents, so that several versions live side by
 * side. At every start each file is compared with the jar's by SHA-256; one that is missing or
 * differs is written under a temporary name, then moved into place, so that another process that
 * starts at the same time sees either no file or a whole one.
 */
final class NativesJar implements LibrarySearch.Natives {
    private static final String LIBRARY = "libopenblas.so.0";

    /**
     * What the library may need of what the jar may bring, in the order in which they need each
     * other.
     */
    private static final List<String> DEPENDENCIES =
            List.of(
                    "libgcc_s.so.1",
                    "libquadmath.so.0",
                    "libgfortran.so.3",
                    "libgfortran.so.4",
                    "libgfortran.so.5");

    private static final String TEMPORARY = ".part";
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final String platform;
    private final Properties properties;
    private final Map<String, String> environment;
    private final CLibrary c;
    private final Function<String, @Nullable URL> resources;

    /** The natives jar on the class path. */
    NativesJar(Properties properties, Map<String, String> environment, CLibrary c) {
        this(properties, environment, c, NativesJar::resource);
    }

    /** The natives in what {@code resources} finds by a name, null where it finds nothing. */
    NativesJar(
            Properties properties,
            Map<String, String> environment,
            CLibrary c,
            Function<String, @Nullable URL> resources) {
        this.resources = resources;
        this.platform = platform(properties);
        this.properties = properties;
        this.environment = environment;
        this.c = c;
    }

    @Override
    public LibrarySearch.Candidate unpack() throws LibraryRefusedException, IOException {
        String folderName = "org/bytedeco/openblas/" + platform + "/";
        URL library = resources.apply(folderName + LIBRARY);
        if (library == null) {
            throw new LibraryRefusedException(
                    "not on the class path (no " + folderName + LIBRARY + ")");
        }
        Map<String, URL> found = new LinkedHashMap<>();
        for (String name : DEPENDENCIES) {
            URL resource = resources.apply(folderName + name);
            if (resource != null) {
                found.put(name, resource);
            }
        }
        found.put(LIBRARY, library);

        Map<String, String> digests = new LinkedHashMap<>();
        for (Map.Entry<String, URL> entry : found.entrySet()) {
            try (InputStream in = open(entry.getValue())) {
                digests.put(entry.getKey(), sha256(in));
            }
        }
        Path cache = CacheFolder.path(properties, environment);
        CacheFolder.open(cache, c.effectiveUser());
        Path folder = cache.resolve("openblas-" + shortDigest(digests));
        CacheFolder.open(folder, c.effectiveUser());
        for (Map.Entry<String, URL> entry : found.entrySet()) {
            String digest = digests.getOrDefault(entry.getKey(), "");
            put(folder.resolve(entry.getKey()), entry.getValue(), digest);
        }
        List<Path> dependencies = new ArrayList<>();
        for (String name : found.keySet()) {
            if (!name.equals(LIBRARY)) {
                dependencies.add(folder.resolve(name));
            }
        }
        return new LibrarySearch.Candidate("natives jar", folder.resolve(LIBRARY), dependencies);
    }

    private static void put(Path file, URL resource, String digest) throws IOException {
        if (isWhole(file, digest)) {
            return;
        }
        removeAbandoned(file);
        Path temporary =
                Files.createTempFile(
                        file.getParent(),
                        file.getFileName() + ".",
                        TEMPORARY,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            try (InputStream in = open(resource);
                    OutputStream out = Files.newOutputStream(temporary)) {
                in.transferTo(out);
            }
            if (!isWhole(temporary, digest)) {
                throw new IOException(
                        temporary + ": not what the jar has (SHA-256 expected: " + digest + ")");
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean isWhole(Path file, String digest) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in).equals(digest);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /** Removes what a process that was killed while unpacking has left behind. */
    private static void removeAbandoned(Path file) throws IOException {
        FileTime limit = FileTime.from(Instant.now().minus(ABANDONED));
        List<Path> left;
        try (Stream<Path> files = Files.list(file.getParent())) {
            left = files.filter(path -> path.getFileName().toString().endsWith(TEMPORARY)).toList();
        }
        for (Path path : left) {
            try {
                if (Files.getLastModifiedTime(path).compareTo(limit) < 0) {
                    Files.deleteIfExists(path);
                }
            } catch (NoSuchFileException _) {
                // its owner has moved it into place
            }
        }
    }

    private static @Nullable URL resource(String name) {
        ClassLoader own = NativesJar.class.getClassLoader();
        URL url = own == null ? ClassLoader.getSystemResource(name) : own.getResource(name);
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return url == null && context != null ? context.getResource(name) : url;
    }

    private static InputStream open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // else the jar stays open for the life of the JVM
        return connection.getInputStream();
    }

    private static String sha256(InputStream in) throws IOException {
        MessageDigest digest = newSha256();
        new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String shortDigest(Map<String, String> digests) {
        MessageDigest digest = newSha256();
        digests.values().forEach(value -> digest.update(HexFormat.of().parseHex(value)));
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** How the jar names a platform, such as {@code linux-x86_64}. */
    private static String platform(Properties properties) {
        String architecture = properties.getProperty("os.arch", "");
        String system = properties.getProperty("os.name", "").split(" ", 2)[0];
        return (system + "-").toLowerCase(Locale.ROOT)
                + switch (architecture) {
                    case "amd64" -> "x86_64";
                    case "aarch64" -> "arm64";
                    default -> architecture;
                };
    }
}
