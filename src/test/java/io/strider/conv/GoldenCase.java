package io.strider.conv;

import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of the packaged convolutions that PyTorch computed in float64; see the README beside them.
 */
record GoldenCase(String name, long[] stride, long[] padding, long[] dilation, long groups) {
    private static final String FOLDER = "/io/strider/cli/golden/";
    private static final long MOST_BYTES = 16 << 20;

    static List<GoldenCase> all() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(open("cases.txt"), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" +"))
                    .map(f ->
                            new GoldenCase(
                                    f[0],
                                    numbers(f[1]),
                                    numbers(f[2]),
                                    numbers(f[3]),
                                    Long.parseLong(f[4])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GoldenCase of(String name) {
        return all().stream().filter(golden -> golden.name.equals(name)).findFirst().orElseThrow();
    }

    private static long[] numbers(String text) {
        return Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
    }

    private static InputStream open(String file) {
        return Objects.requireNonNull(GoldenCase.class.getResourceAsStream(FOLDER + file), file);
    }

    Tensor tensor(String letter, Arena arena) {
        try (InputStream stream = open(name + "/" + letter + ".npy")) {
            return Npy.read(stream, arena, MOST_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double[] expected(String letter) {
        try (InputStream stream = open(name + "/" + letter + ".npy")) {
            return Npy.readDoubles(stream, MOST_BYTES).values();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasBias() {
        return GoldenCase.class.getResource(FOLDER + name + "/b.npy") != null;
    }

    @Nullable Tensor bias(Arena arena) {
        return hasBias() ? tensor("b", arena) : null;
    }

    /** The seed cases hold small integers, and every sum must be exact. */
    boolean isExact() {
        return name.startsWith("seed-");
    }

    Conv2d.Builder convolution() {
        return Conv2d.builder()
                .stride(stride[0], stride[1])
                .padding(Padding.of(padding[0], padding[1], padding[2], padding[3]))
                .dilation(dilation[0], dilation[1])
                .groups(groups);
    }

    @Override
    public String toString() {
        return name;
    }
}
