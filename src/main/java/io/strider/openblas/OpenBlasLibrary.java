package io.strider.openblas;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The OpenBLAS that this process has loaded: where it was found and what it is. See the package for
 * where it is looked for. Immutable; may be used by any thread.
 */
public final class OpenBlasLibrary {
    private static final Pattern VERSION = Pattern.compile("OpenBLAS\\s+([0-9][^\\s]*)");
    private static final int PTHREADS = 1;
    private static final int OPENMP = 2;

    private static final Object LOCK = new Object();
    private static volatile @Nullable OpenBlasLibrary loaded;
    private static @Nullable String failure; // the message of the first; guarded by LOCK

    private final CLibrary c;
    private final SymbolLookup inside;
    private final long base;
    private final Path path;
    private final String source;
    private final String version;
    private final String config;
    private final String coreName;
    private final String threading;
    private final int threads;
    private final @Nullable String advice;

    /** Called when the library has been loaded, under the lock. */
    private OpenBlasLibrary(CLibrary c, LibrarySearch.Opened opened, CoreType coreType) {
        this.c = c;
        this.inside = opened.inside();
        this.path = opened.path();
        this.source = opened.source();
        this.base =
                inside.find("openblas_get_config")
                        .flatMap(c::fileOf)
                        .map(CLibrary.LoadedFile::base)
                        .orElse(0L);
        OpenBlas.openblas_set_num_threads(1);
        this.threads = OpenBlas.openblas_get_num_threads();
        this.config = text(OpenBlas.openblas_get_config());
        this.coreName = text(OpenBlas.openblas_get_corename());
        int parallel = OpenBlas.openblas_get_parallel();
        this.threading =
                switch (parallel) {
                    case PTHREADS -> "pthreads";
                    case OPENMP -> "openmp";
                    default -> "sequential";
                };
        Matcher matcher = VERSION.matcher(config);
        this.version = matcher.find() ? matcher.group(1) : "unknown";
        List<String> sentences = new ArrayList<>();
        new KernelAdvice(
                        coreType,
                        () -> c.environmentVariable(CoreType.VARIABLE),
                        coreName,
                        config,
                        version,
                        Machine.current().hasAvx512())
                .text()
                .ifPresent(sentences::add);
        if (parallel == OPENMP) {
            openMpAdvice().ifPresent(sentences::add);
        }
        this.advice = sentences.isEmpty() ? null : String.join(" ", sentences);
    }

    /**
     * Finds and loads OpenBLAS, or returns what an earlier call has loaded. The first call puts
     * OpenBLAS to one thread and, if there is something to change for full speed, logs it once as a
     * warning. Calls from several threads at once load it once.
     *
     * @return what was loaded, the same object for every call
     * @throws UnsatisfiedLinkError if it cannot be had: the message has everything that was tried,
     *     the reasons and the remedy. Every later call fails alike
     * @throws IllegalArgumentException if the property {@code strider.openblas.coretype} is neither
     *     {@code environment} nor {@code detect} nor can be the name of a core. Nothing was tried
     *     yet; a call after the property is corrected may succeed
     */
    public static OpenBlasLibrary load() {
        OpenBlasLibrary library = loaded;
        if (library != null) {
            return library;
        }
        Properties properties = System.getProperties();
        Map<String, String> environment = System.getenv();
        return load(c ->
                LibrarySearch.of(
                        properties, environment, new NativesJar(properties, environment, c)));
    }

    /** As {@link #load()}, in other places. */
    static OpenBlasLibrary load(Function<CLibrary, LibrarySearch> places) {
        synchronized (LOCK) {
            OpenBlasLibrary library = loaded;
            if (library != null) {
                return library;
            }
            String earlier = failure;
            if (earlier != null) {
                throw new UnsatisfiedLinkError(earlier);
            }
            CoreType coreType = CoreType.parse(System.getProperty(CoreType.PROPERTY));
            try {
                library = find(places, coreType);
            } catch (UnsatisfiedLinkError e) {
                failure = String.valueOf(e.getMessage());
                throw e;
            }
            loaded = library;
            library.advice()
                    .ifPresent(text ->
                            System.getLogger("io.strider.openblas")
                                    .log(System.Logger.Level.WARNING, text));
            return library;
        }
    }

    private static OpenBlasLibrary find(
            Function<CLibrary, LibrarySearch> places, CoreType coreType) {
        try {
            CLibrary c = new CLibrary();
            coreType.apply(c);
            LibrarySearch.Opened opened = places.apply(c).find(LibraryOpener.ofThisMachine(c));
            return new OpenBlasLibrary(c, opened, coreType);
        } catch (IllegalCallerException e) {
            Module module = OpenBlasLibrary.class.getModule();
            UnsatisfiedLinkError error =
                    new UnsatisfiedLinkError(
                            "OpenBLAS not loaded: native access is denied to "
                                    + (module.isNamed() ? module : "the class path")
                                    + "; start java with --enable-native-access="
                                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
            error.initCause(e);
            throw error;
        }
    }

    /** The library's real file, with no link in its path. */
    public Path path() {
        return path;
    }

    /**
     * The step that found it: {@code property strider.openblas.library}, {@code variable
     * STRIDER_OPENBLAS_LIBRARY}, {@code system}, {@code library path}, {@code dynamic loader} or
     * {@code natives jar}.
     */
    public String source() {
        return source;
    }

    /** Its version, such as {@code 0.3.21}; {@code unknown} if it does not say. */
    public String version() {
        return version;
    }

    /** What {@code openblas_get_config()} says: version, build options, kernels. */
    public String config() {
        return config;
    }

    /** The core that its kernels are for, such as {@code SkylakeX}. */
    public String coreName() {
        return coreName;
    }

    /** How it makes threads of its own: {@code pthreads}, {@code openmp} or {@code sequential}. */
    public String threading() {
        return threading;
    }

    /** How many threads a call runs on, after it was put to one: 1. */
    public int threads() {
        return threads;
    }

    /**
     * Whether the library has a function. Ask before the first call of one that came with a newer
     * version: a bound function that is called where it is missing stays broken.
     *
     * @param symbol the function's name, such as {@code cblas_sgemm_batch}
     */
    public boolean has(String symbol) {
        Objects.requireNonNull(symbol, "symbol");
        if (symbol.isEmpty() || symbol.indexOf('\0') >= 0) {
            return false;
        }
        // The lookup also finds what the library itself links, such as malloc.
        return inside.find(symbol)
                .flatMap(c::fileOf)
                .filter(file -> file.base() == base)
                .isPresent();
    }

    /** What to change for full speed, empty if nothing is known to. */
    public Optional<String> advice() {
        return Optional.ofNullable(advice);
    }

    /** Version, kernels, threads, file and step, in one line for people. */
    @Override
    public String toString() {
        return "OpenBLAS "
                + version
                + " ("
                + coreName
                + " kernels, "
                + threading
                + ", "
                + threads
                + " thread"
                + (threads == 1 ? "" : "s")
                + ") from "
                + path
                + " ("
                + source
                + ")";
    }

    /** What to say if calls from new threads would run on several threads. */
    private Optional<String> openMpAdvice() {
        int[] number = {1};
        inside.find("omp_get_max_threads")
                .ifPresent(function -> {
                    Thread thread =
                            Thread.ofPlatform()
                                    .name("strider-openmp-threads")
                                    .start(() -> number[0] = callInt(function));
                    boolean interrupted = false;
                    while (thread.isAlive()) {
                        try {
                            thread.join();
                        } catch (InterruptedException _) {
                            interrupted = true;
                        }
                    }
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                });
        return number[0] == 1
                ? Optional.empty()
                : Optional.of(
                        "This OpenBLAS is an OpenMP build, and the OpenMP runtime had been loaded before"
                                + " it with "
                                + number[0]
                                + " threads: calls compete for the processors. Set OMP_NUM_THREADS=1"
                                + " in the environment or install libopenblas0-pthread.");
    }

    private static int callInt(MemorySegment function) {
        MethodHandle handle =
                Linker.nativeLinker()
                        .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT));
        try {
            return (int) handle.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MemorySegment pointer) {
        return CLibrary.string(pointer).orElse("").strip();
    }
}
