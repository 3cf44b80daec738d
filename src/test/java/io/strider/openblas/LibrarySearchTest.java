package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class LibrarySearchTest {
    private final List<Path> tried = new ArrayList<>();

    @Test
    void triesThePlacesInTheirOrder() {
        Properties properties = properties();
        properties.setProperty("java.library.path", "/java/path:/usr/lib64");
        Map<String, String> environment = Map.of("LD_LIBRARY_PATH", "/ld/path::relative:/ld/other");
        LibrarySearch search = LibrarySearch.of(properties, environment, none());

        assertThatThrownBy(() -> search.find(opener(null, null)))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageStartingWith("OpenBLAS not found; tried property ")
                .hasMessageContaining("/java/path/libopenblas.so: nothing fits; ")
                .hasMessageContaining("libopenblas.so.0 by the dynamic loader, ")
                .hasMessageContaining("natives jar org.bytedeco:openblas: not there; ")
                .hasMessageEndingWith(
                        "install libopenblas0-pthread or set"
                                + " -Dstrider.openblas.library=/path/to/libopenblas.so.0");
        assertThat(tried)
                .extracting(path -> path.getParent().toString())
                .containsSubsequence(
                        "/usr/lib/x86_64-linux-gnu",
                        "/usr/lib64",
                        "/usr/lib",
                        "/usr/local/lib",
                        "/usr/lib/x86_64-linux-gnu/openblas-pthread",
                        "/usr/lib/x86_64-linux-gnu/openblas-openmp",
                        "/usr/lib/x86_64-linux-gnu/openblas-serial",
                        "/ld/path",
                        "/ld/other",
                        "/java/path");
        assertThat(tried).doesNotHaveDuplicates().allMatch(Path::isAbsolute);
        assertThat(tried.get(0)).hasFileName("libopenblas.so.0");
        assertThat(tried.get(1)).hasFileName("libopenblas.so");
    }

    @Test
    void takesTheFirstThatFits() {
        LibrarySearch search = LibrarySearch.of(properties(), Map.of(), none());
        LibrarySearch.Opened opened = search.find(opener("/usr/lib64/libopenblas.so", null));
        assertThat(opened.source()).isEqualTo("system");
        assertThat(tried).last().isEqualTo(Path.of("/usr/lib64/libopenblas.so"));
    }

    @Test
    void namesTheStepThatFoundIt() {
        LibrarySearch search =
                LibrarySearch.of(properties(), Map.of("LD_LIBRARY_PATH", "/ld"), none());
        assertThat(search.find(opener("/ld/libopenblas.so.0", null)).source())
                .isEqualTo("library path");
        assertThat(search.find(opener("/found/lib.so", "/found/lib.so")).source())
                .isEqualTo("dynamic loader");
    }

    @Test
    void takesTheNativesJarLast() {
        LibrarySearch search =
                LibrarySearch.of(
                        properties(),
                        Map.of(),
                        () ->
                                new LibrarySearch.Candidate(
                                        "natives jar", Path.of("/cache/lib.so"), List.of()));
        assertThat(search.find(opener("/cache/lib.so", null)).source()).isEqualTo("natives jar");
        assertThat(tried).hasSizeGreaterThan(10);
    }

    @Test
    void aNamedFileIsTheOnlyOneTried() {
        Properties properties = properties();
        properties.setProperty(LibrarySearch.PROPERTY, "/named/lib.so");
        Map<String, String> environment = Map.of(LibrarySearch.VARIABLE, "/variable/lib.so");
        LibrarySearch search = LibrarySearch.of(properties, environment, none());
        assertThatThrownBy(() -> search.find(opener("/variable/lib.so", null)))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining(
                        "property strider.openblas.library=/named/lib.so: nothing fits (expected:")
                .hasCauseInstanceOf(LibraryRefusedException.class);
        assertThat(tried).containsExactly(Path.of("/named/lib.so"));
    }

    @Test
    void theVariableIsAskedAfterThePropertyAndAnEmptyValueIsNone() {
        Properties properties = properties();
        properties.setProperty(LibrarySearch.PROPERTY, "");
        LibrarySearch search =
                LibrarySearch.of(
                        properties, Map.of(LibrarySearch.VARIABLE, "/variable/lib.so"), none());
        assertThat(search.find(opener("/variable/lib.so", null)).source())
                .isEqualTo("variable STRIDER_OPENBLAS_LIBRARY");
    }

    @Test
    void whatIsNoPathIsRefusedAsSuch() {
        Properties properties = properties();
        properties.setProperty(LibrarySearch.PROPERTY, "a\0b");
        assertThatThrownBy(() ->
                        LibrarySearch.of(properties, Map.of(), none()).find(opener(null, null)))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining("not a path (Nul character not allowed)");
    }

    @Test
    void nativesThatCannotBeUnpackedAreAnAttempt() {
        LibrarySearch search =
                LibrarySearch.of(
                        properties(),
                        Map.of(),
                        () -> {
                            throw new IOException("disk full");
                        });
        assertThatThrownBy(() -> search.find(opener(null, null)))
                .hasMessageContaining("not unpacked (java.io.IOException: disk full)");
    }

    private LibrarySearch.Opener opener(String fits, String located) {
        return new LibrarySearch.Opener() {
            @Override
            public LibrarySearch.Opened open(LibrarySearch.Candidate candidate)
                    throws LibraryRefusedException {
                tried.add(candidate.path());
                if (candidate.path().toString().equals(fits)) {
                    return new LibrarySearch.Opened(
                            candidate.source(), candidate.path(), _ -> Optional.empty());
                }
                throw new LibraryRefusedException("nothing fits");
            }

            @Override
            public Optional<Path> locate(String name) {
                return Optional.ofNullable(located).map(Path::of);
            }
        };
    }

    private static LibrarySearch.Natives none() {
        return () -> {
            throw new LibraryRefusedException("not there");
        };
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("os.arch", "amd64");
        return properties;
    }
}
