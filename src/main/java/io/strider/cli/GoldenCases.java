package io.strider.cli;

import io.strider.conv.Padding;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The convolutions that PyTorch computed, in the folder {@code golden} beside this class (its
 * README tells how they were made). They are megabytes, and so packaged in a jar of their own.
 */
final class GoldenCases {
    private static final String INDEX = "cases.txt";

    /** The largest file is a megabyte or two; this only keeps a damaged jar from filling memory. */
    private static final long MOST_BYTES = 256L << 20;

    private final Source source;

    /** Opens files by their path below the golden folder. */
    @FunctionalInterface
    interface Source {
        /** The file's content, or null if there is none of this name. */
        @Nullable InputStream open(String path) throws IOException;
    }

    GoldenCases(Source source) {
        this.source = source;
    }

    /** Those on the class path. */
    static GoldenCases packaged() {
        return new GoldenCases(path -> GoldenCases.class.getResourceAsStream("golden/" + path));
    }

    /** What the index says of all cases, in its order. */
    List<GoldenCase> all() throws IOException {
        List<GoldenCase> cases = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(open(INDEX), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    cases.add(parse(line));
                }
            }
        }
        return cases;
    }

    /** The case of a name. */
    GoldenCase named(String name) throws IOException {
        for (GoldenCase golden : all()) {
            if (golden.name().equals(name)) {
                return golden;
            }
        }
        throw new FileNotFoundException("golden/" + INDEX + ": no case " + name);
    }

    private static GoldenCase parse(String line) throws IOException {
        String[] words = line.strip().split("\\s+", -1);
        try {
            long[] p = HeightAndWidth.numbers(words[2], "top,left,bottom,right", 4);
            return new GoldenCase(
                    words[0],
                    new HeightAndWidth.Converter().convert(words[1]),
                    Padding.of(p[0], p[1], p[2], p[3]),
                    new HeightAndWidth.Converter().convert(words[3]),
                    Long.parseLong(words[4]));
        } catch (RuntimeException malformed) {
            throw new IOException("golden/" + INDEX + ": \"" + line + "\" is malformed", malformed);
        }
    }

    /** Reads the arrays of a case. */
    GoldenCase.Arrays load(GoldenCase golden, Arena arena) throws IOException {
        String name = golden.name();
        return new GoldenCase.Arrays(
                tensor(name + "/x.npy", arena),
                tensor(name + "/w.npy", arena),
                exists(name + "/b.npy") ? tensor(name + "/b.npy", arena) : null,
                tensor(name + "/gy.npy", arena),
                doubles(name + "/y.npy"),
                doubles(name + "/gx.npy"),
                doubles(name + "/gw.npy"),
                exists(name + "/gb.npy") ? doubles(name + "/gb.npy") : null);
    }

    private Tensor tensor(String path, Arena arena) throws IOException {
        try (InputStream input = new BufferedInputStream(open(path))) {
            return Npy.read(input, arena, MOST_BYTES);
        }
    }

    private Npy.Doubles doubles(String path) throws IOException {
        try (InputStream input = new BufferedInputStream(open(path))) {
            return Npy.readDoubles(input, MOST_BYTES);
        }
    }

    private boolean exists(String path) throws IOException {
        try (InputStream input = source.open(path)) {
            return input != null;
        }
    }

    /** A file below the golden folder; the caller closes it. */
    InputStream open(String path) throws IOException {
        InputStream input = source.open(path);
        if (input == null) {
            throw new FileNotFoundException(
                    "golden/"
                            + path
                            + ": missing (expected: strider-golden.jar on the class path)");
        }
        return input;
    }
}
