package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading, each time in a JVM of its own. */
class OpenBlasLibraryTest {
    private static final String PRODUCT = "[19.0, 22.0, 43.0, 50.0]";

    private static ChildJvm.Answer plain;

    @TempDir Path folder;

    @Test
    void loadsTheSystemsLibraryAndComputesWithIt() throws Exception {
        ChildJvm.Answer answer = plain();
        assertThat(answer.value("source")).as("%s", answer).isEqualTo("system");
        assertThat(Path.of(answer.value("path"))).isRegularFile();
        assertThat(Path.of(answer.value("path")).toRealPath())
                .isEqualTo(Path.of(answer.value("path")));
        assertThat(answer.value("version")).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(answer.value("config")).startsWith("OpenBLAS").contains(answer.value("core"));
        assertThat(answer.value("threading")).isIn("pthreads", "openmp", "sequential");
        assertThat(answer.value("threads")).isEqualTo("1");
        assertThat(answer.value("product")).isEqualTo(PRODUCT);
        assertThat(answer.value("same")).isEqualTo("true");
        assertThat(answer.value("has")).as("cblas_sgemm, malloc").isEqualTo("true,false");
        assertThat(answer.value("text")).contains(answer.value("path"), answer.value("core"));
    }

    @Test
    void loadsOnceFromSixteenThreadsAtOnce() throws Exception {
        ChildJvm.Answer answer = new ChildJvm().run("load-from-16-threads");
        assertThat(answer.value("distinct")).as("%s", answer).isEqualTo("1");
        assertThat(answer.value("product")).isEqualTo(PRODUCT);
    }

    @Test
    void leavesTheKernelsToTheEnvironmentAndWarnsOnceIfTheyAreSlow() throws Exception {
        assumeTrue(dynamicArchitecture(), "the system's OpenBLAS has kernels for one core only");
        ChildJvm.Answer answer =
                new ChildJvm().variable("OPENBLAS_CORETYPE", "Haswell").run("load-from-16-threads");
        assertThat(answer.value("core")).as("%s", answer).isEqualTo("Haswell");
        assertThat(answer.value("variable")).isEqualTo("Haswell");
        if (Machine.current().hasAvx512()) {
            assertThat(answer.value("advice"))
                    .contains("Haswell", "AVX-512", "-Dstrider.openblas.coretype=detect")
                    .contains("unset OPENBLAS_CORETYPE");
            assertThat(answer.err()).containsOnlyOnce(answer.value("advice"));
        } else {
            assertThat(answer.value("advice")).isEqualTo("none");
            assertThat(answer.err()).isEmpty();
        }
    }

    @Test
    void detectRemovesTheEnvironmentsChoice() throws Exception {
        assumeTrue(dynamicArchitecture(), "the system's OpenBLAS has kernels for one core only");
        String byItself = plain().value("core");
        String other = byItself.equals("Nehalem") ? "Prescott" : "Nehalem";
        ChildJvm.Answer answer =
                new ChildJvm()
                        .variable("OPENBLAS_CORETYPE", other)
                        .variable("OPENBLAS_L2_SIZE", "512")
                        .property(CoreType.PROPERTY, "detect")
                        .run("load");
        assertThat(answer.value("core")).as("%s", answer).isEqualTo(byItself);
        assertThat(answer.value("variable")).isEqualTo("unset");
        assertThat(answer.value("product")).isEqualTo(PRODUCT);
    }

    @Test
    void takesANameOverTheEnvironments() throws Exception {
        assumeTrue(dynamicArchitecture(), "the system's OpenBLAS has kernels for one core only");
        ChildJvm.Answer answer =
                new ChildJvm()
                        .variable("OPENBLAS_CORETYPE", "Nehalem")
                        .property(CoreType.PROPERTY, "haswell")
                        .run("load");
        assertThat(answer.value("core")).as("%s", answer).isEqualTo("Haswell");
        assertThat(answer.value("advice")).doesNotContain("did not take");
    }

    @Test
    void warnsOfANameThatOpenBlasDoesNotKnow() throws Exception {
        ChildJvm.Answer answer = new ChildJvm().property(CoreType.PROPERTY, "Abacus").run("load");
        assertThat(answer.value("product")).as("%s", answer).isEqualTo(PRODUCT);
        assertThat(answer.value("advice"))
                .contains("did not take strider.openblas.coretype=Abacus", answer.value("core"));
        assertThat(answer.err()).containsOnlyOnce("did not take");
    }

    @Test
    void refusesACoreTypeThatCannotBeAName() throws Exception {
        ChildJvm.Answer answer = new ChildJvm().property(CoreType.PROPERTY, "no;way").run("load");
        assertThat(answer.value("argument"))
                .startsWith("strider.openblas.coretype: \"no;way\" (expected: environment, detect");
    }

    @Test
    void aNamedFileThatDoesNotFitIsAnErrorAtOnce() throws Exception {
        Path text = Files.writeString(folder.resolve("text.so"), "not a library\n".repeat(50));
        Path link =
                Files.createSymbolicLink(folder.resolve("link.so"), folder.resolve("nothing.so"));
        Path missing = folder.resolve("missing.so");
        assertRefused(missing, "no such file");
        assertRefused(link, "a link to a missing file");
        assertRefused(folder, "a directory");
        assertRefused(text, "not a shared library (no ELF header)");
        Path foreign = Path.of(System.getProperty("java.home"), "lib", "libzip.so");
        if (Files.exists(foreign)) {
            assertRefused(foreign, "not OpenBLAS (it has no openblas_get_config)");
        }
    }

    @Test
    void aTruncatedLibraryIsRefusedRatherThanMapped() throws Exception {
        Path whole = Path.of(plain().value("path"));
        Path cut = folder.resolve("libopenblas.so.0");
        try (var in = Files.newInputStream(whole)) {
            Files.write(cut, in.readNBytes(200_000));
        }
        assertRefused(cut, "truncated");
    }

    @Test
    void theVariableNamesAFileTooAndThePropertyGoesFirst() throws Exception {
        ChildJvm.Answer byVariable =
                new ChildJvm().variable(LibrarySearch.VARIABLE, "/not/there.so").run("load");
        assertThat(byVariable.value("error"))
                .startsWith(
                        "OpenBLAS not found; tried variable STRIDER_OPENBLAS_LIBRARY=/not/there.so:"
                                + " no such file (expected: ");
        String path = plain().value("path");
        ChildJvm.Answer byProperty =
                new ChildJvm()
                        .variable(LibrarySearch.VARIABLE, "/not/there.so")
                        .property(LibrarySearch.PROPERTY, path)
                        .run("load");
        assertThat(byProperty.value("source"))
                .as("%s", byProperty)
                .isEqualTo("property strider.openblas.library");
        assertThat(byProperty.value("path")).isEqualTo(path);
    }

    @Test
    void namesEverythingTriedAndTheRemedyWhenThereIsNone() throws Exception {
        ChildJvm.Answer answer = new ChildJvm().run("folders", folder.toString());
        assertThat(answer.value("error"))
                .isEqualTo(
                        "OpenBLAS not found; tried property strider.openblas.library, variable"
                                + " STRIDER_OPENBLAS_LIBRARY: not set; "
                                + folder
                                + "/libopenblas.so.0, "
                                + folder
                                + "/libopenblas.so: no such file; natives jar"
                                + " org.bytedeco:openblas: not on the class path (no"
                                + " org/bytedeco/openblas/linux-"
                                + (System.getProperty("os.arch").equals("amd64")
                                        ? "x86_64"
                                        : "arm64")
                                + "/libopenblas.so.0); install libopenblas0-pthread or set"
                                + " -Dstrider.openblas.library=/path/to/libopenblas.so.0");
        assertThat(answer.value("again")).as("remembered").isEqualTo(answer.value("error"));
    }

    @Test
    void asksTheDynamicLoaderByName() throws Exception {
        String path = plain().value("path");
        ChildJvm.Answer found = new ChildJvm().run("loader-name", "libopenblas.so.0");
        assertThat(found.value("source")).as("%s", found).isEqualTo("dynamic loader");
        assertThat(found.value("path")).isEqualTo(path);
        ChildJvm.Answer missing = new ChildJvm().run("loader-name", "libstrider-no-such.so.0");
        assertThat(missing.value("error"))
                .contains("libstrider-no-such.so.0 by the dynamic loader: not found by it");
    }

    @Test
    @DisplayName("refuses INTERFACE64 builds, and takes the next place (needs gcc)")
    void refusesInterface64() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Path byConfig =
                FakeLibrary.compile(
                        first.resolve("libopenblas.so.0"),
                        FakeLibrary.config("OpenBLAS 0.3.99  USE64BITINT DYNAMIC_ARCH Zen"),
                        FakeLibrary.otherFunctions());
        Path bySuffix =
                FakeLibrary.compile(
                        second.resolve("libopenblas.so.0"),
                        "",
                        List.of("cblas_sgemm64_", "openblas_get_config64_"));
        assertRefused(
                byConfig, "an INTERFACE64 build, with 64-bit indices (config: OpenBLAS 0.3.99");
        assertRefused(
                bySuffix, "an INTERFACE64 build, with 64-bit indices (its functions end in 64_)");

        Path system = Path.of(plain().value("path")).getParent();
        ChildJvm.Answer answer =
                new ChildJvm()
                        .run("folders", first.toString(), second.toString(), system.toString());
        assertThat(answer.value("path")).as("%s", answer).startsWith(system.toString());
        assertThat(answer.value("product")).isEqualTo(PRODUCT);
    }

    @Test
    @DisplayName("refuses a library that lacks functions or that cannot be linked (needs gcc)")
    void refusesIncompleteLibraries() throws Exception {
        Path incomplete =
                FakeLibrary.compile(
                        folder.resolve("incomplete.so"),
                        FakeLibrary.config("OpenBLAS 0.2.0"),
                        List.of("cblas_sgemm"));
        ChildJvm.Answer answer = assertRefused(incomplete, "it has no openblas_set_num_threads");
        assertThat(answer.value("error"))
                .contains("cblas_somatcopy")
                .doesNotContain("cblas_sgemm,");
        Path needed =
                FakeLibrary.compile(folder.resolve("libneeded.so"), "", List.of("needed_function"));
        Path lonely =
                FakeLibrary.compile(
                        folder.resolve("lonely.so"),
                        "void needed_function(void); void lonely(void) { needed_function(); }",
                        List.of(),
                        "-L" + folder,
                        "-lneeded");
        Files.delete(needed);
        assertRefused(lonely, "libneeded.so: cannot open shared object file");
    }

    @Test
    void saysHowToAllowNativeAccess() throws Exception {
        ChildJvm.Answer answer =
                new ChildJvm()
                        .withoutNativeAccess()
                        .option("--illegal-native-access=deny")
                        .run("load");
        assertThat(answer.value("error"))
                .contains("native access is denied", "--enable-native-access=ALL-UNNAMED");
        assertThat(answer.value("again")).isEqualTo(answer.value("error"));
    }

    @Test
    void worksAsAModuleAndNamesItInTheRemedy() throws Exception {
        ChildJvm.Answer answer = new ChildJvm().asModule().run("load");
        assertThat(answer.value("product")).as("%s", answer).isEqualTo(PRODUCT);
        assertThat(answer.err()).doesNotContain("WARNING: A restricted method");
        ChildJvm.Answer denied =
                new ChildJvm()
                        .asModule()
                        .withoutNativeAccess()
                        .option("--illegal-native-access=deny")
                        .run("load");
        assertThat(denied.value("error")).endsWith("--enable-native-access=io.strider");
    }

    @Test
    void unpacksAndLoadsTheNativesJarTwoProcessesAtOnceAndRepairsIt() throws Exception {
        assumeTrue(ChildJvm.nativesJarFile().isPresent(), "no natives jar for this machine");
        Path cache = folder.resolve("cache");
        ChildJvm jvm = new ChildJvm().withNativesJar().property(CacheFolder.PROPERTY, cache);
        ChildJvm.Running first = jvm.start("natives");
        ChildJvm.Running second = jvm.start("natives");
        for (ChildJvm.Running running : List.of(first, second)) {
            ChildJvm.Answer answer = running.await();
            assertThat(answer.value("source")).as("%s", answer).isEqualTo("natives jar");
            assertThat(answer.value("product")).isEqualTo(PRODUCT);
            assertThat(answer.value("threads")).isEqualTo("1");
            assertThat(Path.of(answer.value("path"))).startsWith(cache.toRealPath());
        }
        List<Path> files = files(cache);
        assertThat(files)
                .extracting(path -> path.getFileName().toString())
                .contains("libopenblas.so.0", "libgfortran.so.5", "libquadmath.so.0")
                .noneMatch(name -> name.endsWith(".part"));
        for (Path file : files) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as("%s", file)
                    .isEqualTo("rw-------");
        }
        Path library =
                files.stream().filter(path -> path.endsWith("libopenblas.so.0")).findFirst().get();
        Files.writeString(library, "tampered with");
        ChildJvm.Answer repaired = jvm.asModule().run("natives");
        assertThat(repaired.value("product")).as("%s", repaired).isEqualTo(PRODUCT);
        assertThat(Files.size(library)).isGreaterThan(1_000_000);

        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(jvm.run("natives").value("error"))
                .contains("natives jar org.bytedeco:openblas: not unpacked", cache.toString())
                .contains("rwxrwxrwx (expected: writable by its owner only)");
    }

    /** What loading comes to when nothing is set: asked of one JVM, for all the tests. */
    private static synchronized ChildJvm.Answer plain() throws IOException, InterruptedException {
        if (plain == null) {
            plain = new ChildJvm().run("load");
        }
        return plain;
    }

    private static ChildJvm.Answer assertRefused(Path file, String reason)
            throws IOException, InterruptedException {
        ChildJvm.Answer answer = new ChildJvm().property(LibrarySearch.PROPERTY, file).run("load");
        assertThat(answer.exit()).as("%s", answer).isZero();
        assertThat(answer.value("error"))
                .startsWith(
                        "OpenBLAS not found; tried property strider.openblas.library="
                                + file
                                + ": "
                                + reason)
                .contains("(expected: the file of an OpenBLAS with 32-bit indices");
        return answer;
    }

    private static boolean dynamicArchitecture() throws IOException, InterruptedException {
        return System.getProperty("os.arch").equals("amd64")
                && plain().value("config").contains("DYNAMIC_ARCH");
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
