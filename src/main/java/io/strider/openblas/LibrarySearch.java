package io.strider.openblas;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * The places where OpenBLAS may be, in the order in which they are tried.
 *
 * @param property the value of the property {@value #PROPERTY}
 * @param variable the value of the environment variable {@value #VARIABLE}
 * @param systemFolders the system's library folders
 * @param pathFolders the folders of the library path
 * @param loaderNames the names that the dynamic loader is asked for
 * @param natives the natives jar
 */
record LibrarySearch(
        Optional<String> property,
        Optional<String> variable,
        List<Path> systemFolders,
        List<Path> pathFolders,
        List<String> loaderNames,
        Natives natives) {
    static final String PROPERTY = "strider.openblas.library";
    static final String VARIABLE = "STRIDER_OPENBLAS_LIBRARY";
    static final List<String> NAMES = List.of("libopenblas.so.0", "libopenblas.so");

    private static final String REMEDY =
            "install libopenblas0-pthread or set -D" + PROPERTY + "=/path/to/libopenblas.so.0";

    /**
     * A file that may be the library.
     *
     * @param source the step that proposes it
     * @param path the file
     * @param dependencies the files of libraries that it needs and brings along, in the order in
     *     which they must be loaded
     */
    record Candidate(String source, Path path, List<Path> dependencies) {}

    /**
     * The library that was loaded.
     *
     * @param source the step that found it
     * @param path its real file
     * @param inside its functions, and those of the libraries that it needs
     */
    record Opened(String source, Path path, SymbolLookup inside) {}

    /** Loads a candidate. */
    interface Opener {
        /** Loads it, or says why it does not fit. */
        Opened open(Candidate candidate) throws LibraryRefusedException;

        /** The file that the dynamic loader finds by a name and that has OpenBLAS's functions. */
        Optional<Path> locate(String name);
    }

    /** The natives jar. */
    @FunctionalInterface
    interface Natives {
        /** Unpacks it, if it is on the class path. */
        Candidate unpack() throws LibraryRefusedException, IOException;
    }

    private record Attempt(String what, String reason) {}

    /** The places as the properties and the environment of a process give them. */
    static LibrarySearch of(
            Properties properties, Map<String, String> environment, Natives natives) {
        return new LibrarySearch(
                given(properties.getProperty(PROPERTY, "")),
                given(environment.getOrDefault(VARIABLE, "")),
                systemFolders(properties.getProperty("os.arch", "")),
                pathFolders(
                        environment.getOrDefault("LD_LIBRARY_PATH", ""),
                        properties.getProperty("java.library.path", "")),
                NAMES,
                natives);
    }

    /**
     * Tries one place after the other.
     *
     * @throws UnsatisfiedLinkError if none has a library that fits; the message has every attempt
     *     and the remedy
     */
    Opened find(Opener opener) {
        List<Attempt> attempts = new ArrayList<>();
        if (property.isPresent()) {
            return openNamed("property " + PROPERTY, property.get(), opener);
        }
        attempts.add(new Attempt("property " + PROPERTY, "not set"));
        if (variable.isPresent()) {
            return openNamed("variable " + VARIABLE, variable.get(), opener);
        }
        attempts.add(new Attempt("variable " + VARIABLE, "not set"));

        Set<Path> files = new LinkedHashSet<>();
        Optional<Opened> opened =
                openIn("system", systemFolders, files, opener, attempts)
                        .or(() -> openIn("library path", pathFolders, files, opener, attempts))
                        .or(() -> openByName(opener, attempts))
                        .or(() -> openNatives(opener, attempts));
        return opened.orElseThrow(() ->
                new UnsatisfiedLinkError(
                        "OpenBLAS not found; tried " + text(attempts) + "; " + REMEDY));
    }

    private static Opened openNamed(String source, String value, Opener opener) {
        String reason;
        Throwable cause;
        try {
            return opener.open(new Candidate(source, Path.of(value).toAbsolutePath(), List.of()));
        } catch (InvalidPathException e) {
            reason = "not a path (" + e.getReason() + ")";
            cause = e;
        } catch (LibraryRefusedException e) {
            reason = String.valueOf(e.getMessage());
            cause = e;
        }
        UnsatisfiedLinkError error =
                new UnsatisfiedLinkError(
                        "OpenBLAS not found; tried "
                                + source
                                + "="
                                + value
                                + ": "
                                + reason
                                + " (expected: the file of an OpenBLAS with 32-bit indices, such as"
                                + " /path/to/libopenblas.so.0; nothing else is tried while this is"
                                + " set); correct it, or remove it and "
                                + "install libopenblas0-pthread");
        error.initCause(cause);
        throw error;
    }

    private static Optional<Opened> openIn(
            String source,
            List<Path> folders,
            Set<Path> files,
            Opener opener,
            List<Attempt> attempts) {
        for (Path folder : folders) {
            for (String name : NAMES) {
                Path file = folder.resolve(name);
                if (!files.add(file)) {
                    continue;
                }
                try {
                    return Optional.of(opener.open(new Candidate(source, file, List.of())));
                } catch (LibraryRefusedException e) {
                    attempts.add(new Attempt(file.toString(), String.valueOf(e.getMessage())));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Opened> openByName(Opener opener, List<Attempt> attempts) {
        for (String name : loaderNames) {
            String what = name + " by the dynamic loader";
            Optional<Path> file = opener.locate(name);
            if (file.isEmpty()) {
                attempts.add(new Attempt(what, "not found by it"));
                continue;
            }
            try {
                return Optional.of(
                        opener.open(
                                new Candidate(
                                        "dynamic loader", file.get().toAbsolutePath(), List.of())));
            } catch (LibraryRefusedException e) {
                attempts.add(
                        new Attempt(
                                what + " (" + file.get() + ")", String.valueOf(e.getMessage())));
            }
        }
        return Optional.empty();
    }

    private Optional<Opened> openNatives(Opener opener, List<Attempt> attempts) {
        String what = "natives jar org.bytedeco:openblas";
        try {
            Candidate candidate = natives.unpack();
            what += " (" + candidate.path() + ")";
            return Optional.of(opener.open(candidate));
        } catch (LibraryRefusedException e) {
            attempts.add(new Attempt(what, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            attempts.add(new Attempt(what, "not unpacked (" + e + ")"));
        }
        return Optional.empty();
    }

    /** Every attempt; those in a row that failed for the same reason share it. */
    private static String text(List<Attempt> attempts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            text.append(attempt.what);
            boolean last = i + 1 == attempts.size();
            if (!last && attempts.get(i + 1).reason.equals(attempt.reason)) {
                text.append(", ");
            } else {
                text.append(": ").append(attempt.reason).append(last ? "" : "; ");
            }
        }
        return text.toString();
    }

    private static Optional<String> given(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    private static List<Path> systemFolders(String architecture) {
        List<Path> folders = new ArrayList<>();
        String triplet =
                switch (architecture) {
                    case "amd64", "x86_64" -> "x86_64-linux-gnu";
                    case "ppc64le" -> "powerpc64le-linux-gnu";
                    default -> architecture + "-linux-gnu";
                };
        Path debian = Path.of("/usr/lib", triplet);
        folders.add(debian);
        for (String folder :
                List.of(
                        "/usr/lib64",
                        "/usr/lib",
                        "/usr/local/lib64",
                        "/usr/local/lib",
                        "/opt/OpenBLAS/lib")) {
            folders.add(Path.of(folder));
        }
        for (String alternative : List.of("pthread", "openmp", "serial")) {
            folders.add(debian.resolve("openblas-" + alternative));
        }
        return List.copyOf(folders);
    }

    /**
     * The folders of library paths. An empty or relative entry would be the current folder: it is
     * left out.
     */
    private static List<Path> pathFolders(String... paths) {
        Set<Path> folders = new LinkedHashSet<>();
        for (String path : paths) {
            for (String entry : path.split(File.pathSeparator, -1)) {
                try {
                    Path folder = Path.of(entry);
                    if (folder.isAbsolute()) {
                        folders.add(folder);
                    }
                } catch (InvalidPathException _) {
                    // the dynamic loader ignores it too
                }
            }
        }
        return List.copyOf(folders);
    }
}
