package io.strider.conv.benchmark;

import io.strider.openblas.OpenBlasLibrary;
import io.strider.tensor.MemoryFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link GemmShareBenchmark} and prints a table: each layer's convolution beside the bare
 * product. Both take turns, round by round, so that a machine that changes its pace changes it for
 * both; the figures are medians over all rounds.
 */
public final class GemmShare {
    private static final String[] LAYERS = {
        "3:64:64:56", "3:128:128:28", "3:256:256:14", "1:64:256:56", "1:512:128:28", "1:1024:256:14"
    };

    private GemmShare() {}

    public static void main(String[] arguments) throws RunnerException {
        boolean quick = Arrays.asList(arguments).contains("--quick");
        System.out.printf(
                "OpenBLAS %s, kernels %s, one thread; bare sgemm and convolution in GFLOP/s%n",
                OpenBlasLibrary.load().version(), OpenBlasLibrary.load().coreName());
        System.out.printf(
                "%-28s %-14s %8s %12s %6s%n", "layer", "format", "sgemm", "convolution", "share");
        for (String layer : LAYERS) {
            for (MemoryFormat format : MemoryFormat.values()) {
                compare(layer, format, quick);
            }
        }
    }

    private static void compare(String layer, MemoryFormat format, boolean quick)
            throws RunnerException {
        List<Double> bare = new ArrayList<>();
        List<Double> convolution = new ArrayList<>();
        for (int round = 0; round < (quick ? 1 : 3); round++) {
            bare.addAll(microseconds("bareSgemm", layer, format, quick));
            convolution.addAll(microseconds("convolution", layer, format, quick));
        }
        double flop = GemmShareBenchmark.gigaFlop(GemmShareBenchmark.geometry(layer)) * 1e6;
        String[] sizes = layer.split(":", -1);
        System.out.printf(
                "%-28s %-14s %8.1f %12.1f %5.0f%%%n",
                "%s×%s, %s→%s, %s×%s"
                        .formatted(sizes[0], sizes[0], sizes[1], sizes[2], sizes[3], sizes[3]),
                format,
                flop / median(bare),
                flop / median(convolution),
                100 * median(bare) / median(convolution));
    }

    private static List<Double> microseconds(
            String method, String layer, MemoryFormat format, boolean quick)
            throws RunnerException {
        Options options =
                new OptionsBuilder()
                        .include(GemmShareBenchmark.class.getName() + "." + method + "$")
                        .param("layer", layer)
                        .param("format", format.name())
                        .forks(1)
                        .jvmArgsAppend(
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dstrider.openblas.coretype="
                                        + System.getProperty(
                                                "strider.openblas.coretype", "environment"))
                        .warmupIterations(quick ? 1 : 4)
                        .warmupTime(TimeValue.milliseconds(300))
                        .measurementIterations(quick ? 3 : 7)
                        .measurementTime(TimeValue.milliseconds(quick ? 100 : 300))
                        .verbosity(VerboseMode.SILENT)
                        .build();
        List<Double> times = new ArrayList<>();
        for (RunResult result : new Runner(options).run()) {
            for (var fork : result.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    times.add(iteration.getPrimaryResult().getScore());
                }
            }
        }
        return times;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
