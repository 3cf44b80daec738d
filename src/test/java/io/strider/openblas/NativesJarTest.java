package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesJarTest {
    @TempDir Path folder;
    private Path jar;
    private Path cache;

    @BeforeEach
    void fillTheJar() throws IOException {
        jar = Files.createDirectories(folder.resolve("jar/org/bytedeco/openblas/linux-x86_64"));
        cache = folder.resolve("cache");
        Files.writeString(jar.resolve("libopenblas.so.0"), "the library\n".repeat(100_000));
        Files.writeString(jar.resolve("libgfortran.so.5"), "fortran");
        Files.writeString(jar.resolve("libquadmath.so.0"), "quadruple");
        Files.writeString(jar.resolve("libjniopenblas.so"), "not needed");
    }

    @Test
    void unpacksWhatIsNeededInOrderForItsOwnerOnly() throws Exception {
        LibrarySearch.Candidate candidate = unpack();
        assertThat(candidate.source()).isEqualTo("natives jar");
        assertThat(candidate.path()).hasSameBinaryContentAs(jar.resolve("libopenblas.so.0"));
        assertThat(candidate.dependencies())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("libquadmath.so.0", "libgfortran.so.5");
        assertThat(files(cache)).hasSize(3);
        for (Path file : files(cache)) {
            assertThat(rights(file)).as("%s", file).isEqualTo("rw-------");
            assertThat(rights(file.getParent())).isEqualTo("rwx------");
        }
        assertThat(rights(cache)).isEqualTo("rwx------");
    }

    @Test
    void leavesWholeFilesAloneAndRepairsOthers() throws Exception {
        LibrarySearch.Candidate candidate = unpack();
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(9)));
        for (Path file : files(cache)) {
            Files.setLastModifiedTime(file, old);
        }
        Path fortran = candidate.dependencies().get(1);
        Files.writeString(fortran, "f0rtran");
        Files.delete(candidate.dependencies().get(0));
        assertThat(unpack()).isEqualTo(candidate);
        assertThat(fortran).hasContent("fortran");
        assertThat(candidate.dependencies().get(0)).hasContent("quadruple");
        assertThat(Files.getLastModifiedTime(candidate.path()).toInstant())
                .isBefore(Instant.now().minus(Duration.ofDays(8)));
    }

    @Test
    void replacesALinkWithTheFile() throws Exception {
        LibrarySearch.Candidate candidate = unpack();
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "keep me");
        Files.delete(candidate.path());
        Files.createSymbolicLink(candidate.path(), elsewhere);
        unpack();
        assertThat(Files.isRegularFile(candidate.path(), LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(candidate.path()).hasSameBinaryContentAs(jar.resolve("libopenblas.so.0"));
        assertThat(elsewhere).hasContent("keep me");
    }

    @Test
    void keepsVersionsApart() throws Exception {
        LibrarySearch.Candidate first = unpack();
        Files.writeString(jar.resolve("libopenblas.so.0"), "a newer library");
        LibrarySearch.Candidate second = unpack();
        assertThat(second.path()).isNotEqualTo(first.path()).hasContent("a newer library");
        assertThat(first.path()).exists();
    }

    @Test
    void manyAtOnceEndWithWholeFilesAndNothingElse() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<LibrarySearch.Candidate>> tasks = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                tasks.add(this::unpack);
            }
            for (Future<LibrarySearch.Candidate> future : threads.invokeAll(tasks)) {
                assertThat(future.get().path())
                        .hasSameBinaryContentAs(jar.resolve("libopenblas.so.0"));
            }
        }
        assertThat(files(cache)).hasSize(3);
    }

    @Test
    void removesWhatAKilledProcessLeftBehindButNotWhatIsBeingWritten() throws Exception {
        Path library = unpack().path();
        Path abandoned = Files.writeString(library.resolveSibling("libopenblas.so.0.1.part"), "x");
        Files.setLastModifiedTime(
                abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path current = Files.writeString(library.resolveSibling("libopenblas.so.0.2.part"), "x");
        Files.delete(library);
        unpack();
        assertThat(abandoned).doesNotExist();
        assertThat(current).exists();
    }

    @Test
    void saysThatTheJarIsNotThere() {
        assertThatThrownBy(() ->
                        new NativesJar(properties(), Map.of(), new CLibrary(), _ -> null).unpack())
                .isInstanceOf(LibraryRefusedException.class)
                .hasMessage(
                        "not on the class path (no"
                                + " org/bytedeco/openblas/linux-x86_64/libopenblas.so.0)");
        assertThat(cache).doesNotExist();
    }

    @Test
    void refusesACacheThatOthersMayWriteOrThatIsALink() throws Exception {
        Files.createDirectory(cache);
        for (String rights : List.of("rwxrwx---", "rwxr-xrwx", "rwx-w----")) {
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(rights));
            assertThatThrownBy(this::unpack)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "cache folder "
                                    + cache
                                    + ": "
                                    + rights
                                    + " (expected: writable by its owner only)")
                    .hasMessageContaining("-Dstrider.cache=");
        }
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(unpack().path()).exists();

        Path real = folder.resolve("real");
        Files.move(cache, real);
        Files.createSymbolicLink(cache, real);
        assertThatThrownBy(this::unpack)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a symbolic link (expected: a folder itself)");
        Files.delete(cache);
        Files.writeString(cache, "a file");
        assertThatThrownBy(this::unpack)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a folder");
    }

    @Test
    void refusesSomebodyElsesCache() throws Exception {
        int me = new CLibrary().effectiveUser();
        Files.createDirectory(cache);
        CacheFolder.open(cache, me);
        assertThatThrownBy(() -> CacheFolder.open(cache, me + 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "owned by user " + me + " (expected: owned by user " + (me + 1));
    }

    @Test
    void theCacheIsWhereThePropertyThenXdgThenTheHomeSays() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user.home", "/home/me");
        assertThat(CacheFolder.path(properties, Map.of()))
                .isEqualTo(Path.of("/home/me/.cache/strider"));
        assertThat(CacheFolder.path(properties, Map.of("XDG_CACHE_HOME", "relative")))
                .isEqualTo(Path.of("/home/me/.cache/strider"));
        assertThat(CacheFolder.path(properties, Map.of("XDG_CACHE_HOME", "/var/xdg")))
                .isEqualTo(Path.of("/var/xdg/strider"));
        properties.setProperty(CacheFolder.PROPERTY, "/given");
        assertThat(CacheFolder.path(properties, Map.of("XDG_CACHE_HOME", "/var/xdg")))
                .isEqualTo(Path.of("/given"));
        Properties homeless = new Properties();
        homeless.setProperty("user.home", "?");
        assertThatThrownBy(() -> CacheFolder.path(homeless, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("-Dstrider.cache=");
    }

    private LibrarySearch.Candidate unpack() throws LibraryRefusedException, IOException {
        return new NativesJar(properties(), Map.of(), new CLibrary(), this::resource).unpack();
    }

    private URL resource(String name) {
        Path file = folder.resolve("jar").resolve(name);
        try {
            return Files.exists(file) ? file.toUri().toURL() : null;
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("os.name", "Linux");
        properties.setProperty("os.arch", "amd64");
        properties.setProperty(CacheFolder.PROPERTY, cache.toString());
        return properties;
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
