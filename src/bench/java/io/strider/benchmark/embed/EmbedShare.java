package io.strider.benchmark.embed;

import io.strider.benchmark.JavaProcess;
import io.strider.benchmark.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code scripts/bench embed}. Three processes take turns, each for all files and from
 * a cold start: decoding alone, the network alone, and {@code strider embed}. If d and n pictures
 * go through the first two in a second, then 1/(1/d + 1/n) can go through both on the same
 * processors. Of several rounds each one's best counts.
 */
public final class EmbedShare {
    private static final String HELP =
            """
            Usage: scripts/bench embed [--pictures N] [--rounds N] [--threads N] [--model FILE.onnx]
                                       [--folder FOLDER]
              --pictures N   JPEG files of 640x480 that are made and embedded; default 2000
              --rounds N     each one's best of so many counts; default 3
              --threads N    default: as many as processors
              --model FILE   default: the packaged one
              --folder F     where the pictures are kept for the next time; default: deleted after
            """;

    private static final Pattern SUMMARY = Pattern.compile("(\\d+) pictures? in ([0-9.]+) s");

    private int pictures = 2000;
    private int rounds = 3;
    private int threads = Runtime.getRuntime().availableProcessors();
    private @Nullable String model;
    private @Nullable Path folder;

    private double decode = Double.POSITIVE_INFINITY;
    private double decodeWarm = Double.POSITIVE_INFINITY;
    private double network = Double.POSITIVE_INFINITY;
    private double networkWarm = Double.POSITIVE_INFINITY;
    private double embed = Double.POSITIVE_INFINITY;
    private double process = Double.POSITIVE_INFINITY;

    private EmbedShare() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        EmbedShare share = new EmbedShare();
        try {
            if (!share.parse(arguments)) {
                System.out.print(HELP);
                return;
            }
        } catch (IllegalArgumentException bad) {
            System.err.println("bench embed: " + bad.getMessage());
            System.exit(2);
        }
        share.run();
    }

    private boolean parse(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (arguments[i].equals("--help")) {
                return false;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + ": a value is missing");
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--pictures" -> pictures = number(arguments[i], value);
                case "--rounds" -> rounds = number(arguments[i], value);
                case "--threads" -> threads = number(arguments[i], value);
                case "--model" -> model = value;
                case "--folder" -> folder = Path.of(value);
                default -> throw new IllegalArgumentException(arguments[i] + ": unknown option");
            }
        }
        return true;
    }

    private static int number(String option, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= 1_000_000) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException(option + ": " + value + " (expected: 1 to 1000000)");
    }

    private void run() throws IOException, InterruptedException {
        System.out.println(Surroundings.machine());
        System.out.println(Surroundings.runtime());
        System.out.println(Surroundings.openBlas());
        System.out.println(Surroundings.load());
        Path own = Files.createTempDirectory("strider-embed");
        try {
            Path photographs = folder == null ? own.resolve("pictures") : folder;
            SyntheticPhotographs.write(photographs, pictures);
            for (int round = 1; round <= rounds; round++) {
                measure(photographs, own);
                System.out.printf(
                        Locale.ROOT,
                        "round %d: best so far: decoding %.2f s, network %.2f s, strider embed %.2f s%n",
                        round,
                        decode,
                        network,
                        embed);
            }
        } finally {
            delete(own);
        }
        report();
    }

    private void measure(Path photographs, Path own) throws IOException, InterruptedException {
        double[] decoded = part("decode", photographs);
        double[] computed = part("network", photographs);
        decode = Math.min(decode, decoded[0]);
        decodeWarm = Math.min(decodeWarm, decoded[1]);
        network = Math.min(network, computed[0]);
        networkWarm = Math.min(networkWarm, computed[1]);
        List<String> arguments =
                new ArrayList<>(
                        List.of("embed", photographs.toString(), "--threads", "" + threads));
        arguments.addAll(List.of("--output", own.resolve("vectors.npy").toString()));
        if (model != null) {
            arguments.addAll(List.of("--model", model));
        }
        long start = System.nanoTime();
        Matcher said = SUMMARY.matcher(JavaProcess.run("io.strider.cli.Strider", arguments));
        process = Math.min(process, (System.nanoTime() - start) / 1e9);
        if (!said.find() || Integer.parseInt(said.group(1)) != pictures) {
            throw new IOException(
                    "strider embed took other files (expected: " + pictures + " in the folder)");
        }
        embed = Math.min(embed, Double.parseDouble(said.group(2)));
    }

    private double[] part(String name, Path photographs) throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of(name, photographs.toString(), "" + threads));
        if (model != null) {
            arguments.add(model);
        }
        String[] words =
                JavaProcess.run(EmbedPart.class.getName(), arguments).strip().split("\\s+");
        return new double[] {
            Double.parseDouble(words[words.length - 2]), Double.parseDouble(words[words.length - 1])
        };
    }

    private void report() {
        System.out.println();
        System.out.printf("%d JPEG files of 640x480, %d threads%n", pictures, threads);
        line("decoding alone", decode, decodeWarm);
        line("network alone (with resizing)", network, networkWarm);
        line("both, as predicted", decode + network, decodeWarm + networkWarm);
        System.out.printf(
                Locale.ROOT,
                "%-30s %8.1f/s   (%.1f/s with the start of the JVM and loading)%n",
                "strider embed",
                pictures / embed,
                pictures / process);
        System.out.printf(
                Locale.ROOT,
                "share of the prediction        %8.1f %%   (%.1f %% of the warm one; expected: >= 90 %%)%n",
                100 * (decode + network) / embed,
                100 * (decodeWarm + networkWarm) / embed);
    }

    private void line(String name, double cold, double warm) {
        System.out.printf(
                Locale.ROOT,
                "%-30s %8.1f/s   (warm: %.1f/s)%n",
                name,
                pictures / cold,
                pictures / warm);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
