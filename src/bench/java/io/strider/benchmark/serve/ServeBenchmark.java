package io.strider.benchmark.serve;

import io.strider.benchmark.JavaProcess;
import io.strider.benchmark.Surroundings;
import io.strider.benchmark.embed.SyntheticPhotographs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The command {@code scripts/bench serve}. The library in process, the server and the load
 * generator have a process of their own each; the last two share the processors, as they would with
 * a client on the same machine. Of several rounds each one's best counts.
 */
public final class ServeBenchmark {
    private static final double LEAST_SHARE = 90;
    private static final double MOST_REFUSAL_MILLIS = 10;
    private static final double MOST_GROWTH_PERCENT = 5;
    private static final double MOST_START_MILLIS = 1000;
    private static final int STARTS = 9;

    private final ServeOptions options;
    private final Path work;
    private final Path pictures;
    private final Figures figures = new Figures();
    private double inProcess;
    private double batchMillis = Double.POSITIVE_INFINITY;
    private double saturation;

    private ServeBenchmark(ServeOptions options, Path work) {
        this.options = options;
        this.work = work;
        this.pictures = options.folder == null ? work.resolve("pictures") : options.folder;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ServeOptions options = new ServeOptions();
        try {
            if (!options.parse(arguments)) {
                System.out.print(ServeOptions.HELP);
                return;
            }
        } catch (IllegalArgumentException bad) {
            System.err.println("bench serve: " + bad.getMessage());
            System.exit(2);
        }
        System.out.println(Surroundings.machine());
        System.out.println(Surroundings.runtime());
        System.out.println(Surroundings.openBlas());
        System.out.println(Surroundings.load());
        Path work = Files.createTempDirectory("strider-serve");
        boolean reached;
        try {
            reached = new ServeBenchmark(options, work).run();
        } finally {
            delete(work);
        }
        System.exit(reached ? 0 : 1);
    }

    /** Whether all that is expected was reached. */
    private boolean run() throws IOException, InterruptedException {
        SyntheticPhotographs.write(pictures, options.pictures);
        start();
        try (ServerProcess server = new ServerProcess(options.ofServer())) {
            figures.add("memory when ready, MiB", server.residentMebibytes());
            for (int round = 0; round < options.rounds; round++) {
                measureInProcess();
                saturate(server);
            }
            figures.add("in process, pictures/s", inProcess);
            figures.add("saturation, pictures/s", saturation);
            figures.atLeast("share of in process, %", 100 * saturation / inProcess, LEAST_SHARE);
            half(server);
            if (options.minutes > 0) {
                twice(server);
            }
            figures.atMost("exit code after SIGTERM", server.terminate(), 0);
        }
        figures.print();
        if (options.out != null) {
            Files.writeString(options.out, figures.csv());
        }
        return figures.areReached();
    }

    /** The median of several starts. */
    private void start() throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            try (ServerProcess server = new ServerProcess(options.ofServer())) {
                millis.add(server.startMillis());
                figures.atMost("exit code right after a start", server.terminate(), 0);
            }
        }
        Collections.sort(millis);
        System.out.println("starts to ready, ms: " + millis.stream().map(Math::round).toList());
        figures.atMost("start to ready, ms", millis.get(STARTS / 2), MOST_START_MILLIS);
    }

    private void measureInProcess() throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                pictures.toString(),
                                "" + options.threads,
                                "" + options.maxBatch,
                                "" + options.seconds / 2,
                                "" + options.seconds));
        if (options.model != null) {
            arguments.add(options.model);
        }
        String[] words =
                JavaProcess.run(InProcess.class.getName(), arguments).strip().split("\\s+", -1);
        inProcess = Math.max(inProcess, Double.parseDouble(words[words.length - 2]));
        batchMillis = Math.min(batchMillis, Double.parseDouble(words[words.length - 1]));
    }

    private void saturate(ServerProcess server) throws IOException, InterruptedException {
        JsonNode report = load(server, options.seconds, List.of("--clients", "" + options.clients));
        double rate = report.path("pictures_per_second").asDouble();
        System.out.printf(
                Locale.ROOT,
                "in process %.1f/s; %d clients %.1f/s, p50 %.1f ms, p99 %.1f ms, generator %.1f %% of"
                        + " the processors%n",
                inProcess,
                options.clients,
                rate,
                report.path("accepted_p50_ms").asDouble(),
                report.path("accepted_p99_ms").asDouble(),
                100 * report.path("cpu_share").asDouble());
        if (rate > saturation) {
            saturation = rate;
            figures.add(
                    "generator at saturation, % of CPU", 100 * report.path("cpu_share").asDouble());
            figures.add("p99 at saturation, ms", report.path("accepted_p99_ms").asDouble());
        }
        figures.atMost("failed at saturation", report.path("failed").asDouble(), 0);
    }

    private void half(ServerProcess server) throws IOException, InterruptedException {
        JsonNode report = load(server, options.seconds, rate(0.5));
        figures.add("a batch's compute time, ms", batchMillis);
        figures.add("p50 at half of saturation, ms", report.path("accepted_p50_ms").asDouble());
        figures.atMost(
                "p99 at half of saturation, ms",
                report.path("accepted_p99_ms").asDouble(),
                3 * batchMillis + options.maxDelay);
        figures.atMost("failed at half", report.path("failed").asDouble(), 0);
    }

    private void twice(ServerProcess server) throws IOException, InterruptedException {
        List<Double> resident = Collections.synchronizedList(new ArrayList<>());
        Thread sampler =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                while (true) {
                                    Thread.sleep(1000);
                                    resident.add(server.residentMebibytes());
                                }
                            } catch (InterruptedException | IOException ended) {
                                // No more samples.
                            }
                        });
        JsonNode report = load(server, 60 * options.minutes, rate(2));
        sampler.interrupt();
        sampler.join();
        List<Double> samples = List.copyOf(resident);
        // The first sixth grows by what the load needs at all.
        double early = median(samples, 1, 2);
        double late = median(samples, 5, 6);
        figures.add("twice: answered, pictures/s", report.path("pictures_per_second").asDouble());
        figures.add("twice: accepted", report.path("accepted").asDouble());
        figures.add("twice: refused", report.path("refused").asDouble());
        figures.atMost("twice: failed", report.path("failed").asDouble(), 0);
        figures.add("twice: accepted p99, ms", report.path("accepted_p99_ms").asDouble());
        figures.add("twice: refused p50, ms", report.path("refused_p50_ms").asDouble());
        figures.atMost(
                "twice: refused p99, ms",
                report.path("refused_p99_ms").asDouble(),
                MOST_REFUSAL_MILLIS);
        figures.add("twice: refused max, ms", report.path("refused_max_ms").asDouble());
        figures.add("twice: memory early, MiB", early);
        figures.add("twice: memory late, MiB", late);
        figures.atMost(
                "twice: memory's growth, %", 100 * (late - early) / early, MOST_GROWTH_PERCENT);
        if (!report.path("first_failure").isNull()) {
            System.out.println("twice: first failure: " + report.path("first_failure").asString());
        }
    }

    /** The median between two sixths of the samples. */
    private static double median(List<Double> samples, int from, int to) {
        int size = samples.size();
        List<Double> part = new ArrayList<>(samples.subList(size * from / 6, size * to / 6));
        Collections.sort(part);
        return part.isEmpty() ? Double.NaN : part.get(part.size() / 2);
    }

    private List<String> rate(double times) {
        return List.of("--rate", String.format(Locale.ROOT, "%.3f", times * saturation));
    }

    private JsonNode load(ServerProcess server, int seconds, List<String> more)
            throws IOException, InterruptedException {
        Path file = work.resolve("load.json");
        List<String> arguments = new ArrayList<>(List.of("load", server.url()));
        arguments.addAll(List.of("--pictures", pictures.toString()));
        arguments.addAll(List.of("--warmup", options.seconds / 2 + "s"));
        arguments.addAll(List.of("--duration", seconds + "s", "--out", file.toString()));
        arguments.addAll(more);
        Process load = JavaProcess.of("io.strider.cli.Strider", arguments).start();
        load.getInputStream().readAllBytes();
        int code = load.waitFor();
        if (code > 1) { // 1: some requests failed, and the file says how many
            throw new IOException("strider load %s: exit code %d".formatted(arguments, code));
        }
        return new JsonMapper().readTree(Files.readString(file));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
