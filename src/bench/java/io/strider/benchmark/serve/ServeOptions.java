package io.strider.benchmark.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code scripts/bench serve} is told. */
final class ServeOptions {
    static final String HELP =
            """
            Usage: scripts/bench serve [--minutes N] [--model FILE.onnx] [--clients N] [--seconds N]
                                       [--rounds N] [--threads N] [--max-batch N] [--max-delay MS]
                                       [--pictures N] [--folder FOLDER] [--out FILE.csv]
              --minutes N    how long it gets twice of what it can do; 0 leaves that out; default 10
              --model FILE   default: the packaged one
              --clients N    of the closed loop that finds saturation; default 64
              --seconds N    how long each other figure is measured, after half as long; default 20
              --rounds N     of saturation, each one's best counts; default 2
              --threads N    that compute, in process and in the server; default: the processors
              --max-batch N  default 8
              --max-delay MS default 2
              --pictures N   JPEG files of 640x480 that are made; default 400
              --folder F     where they are kept for the next time; default: deleted after
              --out FILE     the figures as CSV too
            """;

    int minutes = 10;
    @Nullable String model;
    int clients = 64;
    int seconds = 20;
    int rounds = 2;
    int threads = Runtime.getRuntime().availableProcessors();
    int maxBatch = 8;
    int maxDelay = 2;
    int pictures = 400;
    @Nullable Path folder;
    @Nullable Path out;

    /** Reads the arguments, or says with false that help is wanted. */
    boolean parse(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            String option = arguments[i];
            if (option.equals("--help")) {
                return false;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(option + ": a value is missing");
            }
            String value = arguments[i + 1];
            switch (option) {
                case "--minutes" -> minutes = number(option, value, 0);
                case "--model" -> model = value;
                case "--clients" -> clients = number(option, value, 1);
                case "--seconds" -> seconds = number(option, value, 2);
                case "--rounds" -> rounds = number(option, value, 1);
                case "--threads" -> threads = number(option, value, 1);
                case "--max-batch" -> maxBatch = number(option, value, 1);
                case "--max-delay" -> maxDelay = number(option, value, 0);
                case "--pictures" -> pictures = number(option, value, 1);
                case "--folder" -> folder = Path.of(value);
                case "--out" -> out = Path.of(value);
                default -> throw new IllegalArgumentException(option + ": unknown option");
            }
        }
        return true;
    }

    private static int number(String option, String value, int least) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= 100_000) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: %d to 100000)".formatted(option, value, least));
    }

    /** Those of strider serve. */
    List<String> ofServer() {
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "--threads",
                                "" + threads,
                                "--max-batch",
                                "" + maxBatch,
                                "--max-delay",
                                maxDelay + "ms"));
        if (model != null) {
            options.addAll(List.of("--model", model));
        }
        return options;
    }
}
