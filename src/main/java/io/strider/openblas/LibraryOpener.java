package io.strider.openblas;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks into a candidate and, if it fits, loads it for the class loader of this package, whose
 * libraries are the ones that the generated bindings see. Not thread-safe.
 */
final class LibraryOpener implements LibrarySearch.Opener {
    /** What the bindings' callers use without asking whether it is there. */
    static final List<String> REQUIRED =
            List.of(
                    "openblas_set_num_threads",
                    "openblas_get_num_threads",
                    "openblas_get_config",
                    "openblas_get_corename",
                    "openblas_get_parallel",
                    "cblas_sgemm",
                    "cblas_sgemv",
                    "cblas_sger",
                    "cblas_saxpy",
                    "cblas_saxpby",
                    "cblas_sscal",
                    "cblas_scopy",
                    "cblas_sdot",
                    "cblas_snrm2",
                    "cblas_sasum",
                    "cblas_isamax",
                    "cblas_somatcopy",
                    "cblas_dgemm");

    private static final String OPENMP_VARIABLE = "OMP_NUM_THREADS";

    private final CLibrary c;
    private final String architecture;
    private final boolean elf;
    private final Map<Path, String> refused = new HashMap<>();

    LibraryOpener(CLibrary c, String architecture, boolean elf) {
        this.c = c;
        this.architecture = architecture;
        this.elf = elf;
    }

    /** The opener for the machine that the process runs on. */
    static LibraryOpener ofThisMachine(CLibrary c) {
        return new LibraryOpener(
                c,
                System.getProperty("os.arch", ""),
                System.getProperty("os.name", "").startsWith("Linux"));
    }

    @Override
    public LibrarySearch.Opened open(LibrarySearch.Candidate candidate)
            throws LibraryRefusedException {
        Path real = realFile(candidate.path());
        String before = refused.get(real);
        if (before != null) {
            throw new LibraryRefusedException(before);
        }
        try {
            return load(candidate, real);
        } catch (LibraryRefusedException e) {
            refused.put(real, e.getMessage());
            throw e;
        }
    }

    @Override
    public Optional<Path> locate(String name) {
        try {
            return SymbolLookup.libraryLookup(name, Arena.global())
                    .find("openblas_get_config")
                    .flatMap(c::fileOf)
                    .map(CLibrary.LoadedFile::path);
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // the dynamic loader does not know the name
        }
    }

    private static Path realFile(Path path) throws LibraryRefusedException {
        try {
            Path real = path.toRealPath();
            if (Files.isDirectory(real)) {
                throw new LibraryRefusedException("a directory");
            }
            if (!Files.isRegularFile(real)) {
                throw new LibraryRefusedException("not a regular file");
            }
            if (!Files.isReadable(real)) {
                throw new LibraryRefusedException("not readable");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw new LibraryRefusedException(
                    Files.isSymbolicLink(path) ? "a link to a missing file" : "no such file", e);
        } catch (IOException e) {
            throw new LibraryRefusedException("not readable (" + e + ")", e);
        }
    }

    private LibrarySearch.Opened load(LibrarySearch.Candidate candidate, Path real)
            throws LibraryRefusedException {
        boolean openMp = elf && elfFile(real).needsOpenMp();
        candidate.dependencies().forEach(LibraryOpener::preload);
        SymbolLookup inside = openMp ? lookInsideWithOneThread(real) : lookInside(real);
        Path actual = inspect(inside, real);
        if (!actual.equals(real)) {
            inside = lookInside(actual);
        }
        loadForBindings(actual);
        requireBindingsSee(actual);
        return new LibrarySearch.Opened(candidate.source(), actual, inside);
    }

    private ElfFile elfFile(Path real) throws LibraryRefusedException {
        try {
            return ElfFile.read(real, architecture);
        } catch (IOException e) {
            throw new LibraryRefusedException("not readable (" + e + ")", e);
        }
    }

    /**
     * Loads a library that a candidate needs, so that the candidate finds it by its name. GCC's
     * runtime is taken from the system where it has one: other libraries of the process need it
     * too, perhaps a newer one than the candidate brings.
     */
    private static void preload(Path dependency) {
        String name = String.valueOf(dependency.getFileName());
        if (name.startsWith("libgcc_s.") && canOpen(name)) {
            return;
        }
        // If it cannot be opened, the candidate's own failure says what is missing.
        boolean _ = canOpen(dependency.toString());
    }

    private static boolean canOpen(String library) {
        try {
            SymbolLookup.libraryLookup(library, Arena.global());
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /**
     * In an OpenMP build the number of threads belongs to each calling thread, and setting it in
     * one changes nothing for the others (measured with Debian's 0.3.21: set to 1, and a call from
     * a new thread ran on 2). What a new thread begins with is what the OpenMP runtime read from
     * the environment when it was loaded; it is loaded here, with OpenBLAS.
     */
    private SymbolLookup lookInsideWithOneThread(Path real) throws LibraryRefusedException {
        Optional<String> before = c.environmentVariable(OPENMP_VARIABLE);
        c.setEnvironmentVariable(OPENMP_VARIABLE, "1");
        try {
            return lookInside(real);
        } finally {
            before.ifPresentOrElse(
                    value -> c.setEnvironmentVariable(OPENMP_VARIABLE, value),
                    () -> c.removeEnvironmentVariable(OPENMP_VARIABLE));
        }
    }

    private static SymbolLookup lookInside(Path real) throws LibraryRefusedException {
        try {
            return SymbolLookup.libraryLookup(real, Arena.global());
        } catch (IllegalArgumentException e) {
            // Only System.load passes on what the dynamic loader said.
            try {
                System.load(real.toString());
            } catch (UnsatisfiedLinkError reason) {
                throw new LibraryRefusedException(loaderMessage(reason, real), reason);
            }
            throw new LibraryRefusedException("could not be opened", e);
        }
    }

    /** Checks that it is an OpenBLAS that fits the bindings, and says which file it really is. */
    private Path inspect(SymbolLookup inside, Path real) throws LibraryRefusedException {
        if (inside.find("cblas_sgemm").isEmpty() && inside.find("cblas_sgemm64_").isPresent()) {
            throw interface64("its functions end in 64_");
        }
        Optional<MemorySegment> getConfig = inside.find("openblas_get_config");
        if (getConfig.isEmpty()) {
            throw new LibraryRefusedException("not OpenBLAS (it has no openblas_get_config)");
        }
        String config = call(getConfig.get());
        if (config.contains("USE64BITINT")) {
            throw interface64("config: " + config);
        }
        List<String> missing =
                REQUIRED.stream().filter(name -> inside.find(name).isEmpty()).toList();
        if (!missing.isEmpty()) {
            throw new LibraryRefusedException("it has no " + String.join(", ", missing));
        }
        // The functions may lie in a library that the candidate only links.
        Optional<CLibrary.LoadedFile> file = c.fileOf(getConfig.get());
        try {
            return file.isPresent() ? file.get().path().toRealPath() : real;
        } catch (IOException e) {
            throw new LibraryRefusedException(
                    "its file was removed while it was looked into (" + e + ")", e);
        }
    }

    private static LibraryRefusedException interface64(String evidence) {
        return new LibraryRefusedException(
                "an INTERFACE64 build, with 64-bit indices (" + evidence.strip() + ")");
    }

    private static String call(MemorySegment getConfig) {
        try {
            MemorySegment text =
                    (MemorySegment)
                            Linker.nativeLinker()
                                    .downcallHandle(
                                            getConfig, FunctionDescriptor.of(ValueLayout.ADDRESS))
                                    .invokeExact();
            return CLibrary.string(text).orElse("");
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("openblas_get_config: " + e.getMessage(), e);
        }
    }

    private static void loadForBindings(Path actual) throws LibraryRefusedException {
        try {
            System.load(actual.toString());
        } catch (UnsatisfiedLinkError e) {
            String message = loaderMessage(e, actual);
            throw new LibraryRefusedException(
                    message.contains("another classloader")
                            ? message
                                    + " (a native library belongs to one class loader: put Strider"
                                    + " where both share it)"
                            : message,
                    e);
        }
    }

    /**
     * Checks that the bindings see this library's functions: another library that the same class
     * loader has loaded may have functions of the same names, and which of them is found is not
     * defined.
     */
    private void requireBindingsSee(Path actual) throws LibraryRefusedException {
        SymbolLookup bindings = SymbolLookup.loaderLookup();
        for (String name : REQUIRED) {
            Path seen =
                    bindings.find(name)
                            .flatMap(c::fileOf)
                            .map(CLibrary.LoadedFile::path)
                            .orElse(null);
            try {
                if (seen == null || !Files.isSameFile(seen, actual)) {
                    throw new LibraryRefusedException(
                            "loaded, but "
                                    + name
                                    + " is found in "
                                    + (seen == null ? "no library" : seen)
                                    + ", which the same class loader had loaded before (name that"
                                    + " library instead, or load Strider by a class loader of its"
                                    + " own)");
                }
            } catch (IOException e) {
                throw new LibraryRefusedException("not readable (" + e + ")", e);
            }
        }
    }

    /** The loader's message without the path that it begins with. */
    private static String loaderMessage(UnsatisfiedLinkError e, Path path) {
        String message = String.valueOf(e.getMessage());
        String prefix = path + ": ";
        while (message.startsWith(prefix)) {
            message = message.substring(prefix.length());
        }
        return message;
    }
}
