package io.strider.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/** What Strider is to reach, and where this run stands, for whichever of it was run. */
final class Targets {
    private static final String RUNTIME = "onnxruntime";
    private static final String ONEDNN = "onednn";
    private static final Set<String> RESIDUAL = Set.of("resnet50");

    private enum Statistic {
        GEOMETRIC_MEAN("geometric mean"),
        LEAST("least");

        private final String text;

        Statistic(String text) {
            this.text = text;
        }
    }

    private record Target(
            String work,
            Statistic statistic,
            String peer,
            double bound,
            Predicate<Workload> rows) {}

    private static final List<Target> ALL = new ArrayList<>();

    static {
        Predicate<Workload> forward = pass(Pass.FORWARD).and(batch(1));
        Predicate<Workload> dense = forward.and(w -> !w.shape().isDepthwise());
        Predicate<Workload> winograd =
                dense.and(w -> w.shape().kernel() == 3 && w.shape().stride() == 1)
                        .and(w -> w.shape().size() >= 14 && w.shape().size() <= 224)
                        .and(w -> Math.min(w.shape().inChannels(), w.shape().outChannels()) >= 64);
        String threes = "3×3 stride 1, 14 to 224 pixels, ≥ 64 channels";
        mean(threes, RUNTIME, 1.4, winograd);
        least(threes, RUNTIME, 1.1, winograd);
        mean(threes, ONEDNN, 1.2, winograd);

        Predicate<Workload> small =
                pass(Pass.FORWARD)
                        .and(batch(8))
                        .and(w -> w.shape().name().equals("resnet50.3x3.512.7"));
        mean("3×3, 7×7 pictures, 512→512, batch 8", RUNTIME, 1.2, small);
        mean("3×3, 7×7 pictures, 512→512, batch 8", ONEDNN, 1.0, small);

        Predicate<Workload> residual = dense.and(network(RESIDUAL));
        mean("dense layers of ResNet-50", RUNTIME, 1.15, residual);
        mean("dense layers of ResNet-50", ONEDNN, 0.95, residual);
        least(
                "any dense layer of ResNet-50, VGG-16",
                RUNTIME,
                0.9,
                dense.and(network(Set.of("resnet50", "vgg16"))));
        mean(
                "MobileNetV2 pointwise",
                RUNTIME,
                1.0,
                dense.and(network(Set.of("mobilenetv2"))).and(w -> w.shape().isPointwise()));

        Predicate<Workload> depthwise = pass(Pass.FORWARD).and(w -> w.shape().isDepthwise());
        mean("depthwise", RUNTIME, 1.5, depthwise.and(batch(1)));
        mean("depthwise", ONEDNN, 0.8, depthwise.and(batch(1)));
        mean("depthwise, batch 32", RUNTIME, 3, depthwise.and(batch(32)));
        mean("depthwise, batch 32", ONEDNN, 0.8, depthwise.and(batch(32)));

        Predicate<Workload> stem = w -> w.shape().kernel() == 7;
        Predicate<Workload> data = pass(Pass.DATA).and(batch(1)).and(network(RESIDUAL));
        mean("backward data, ResNet-50 but its first", ONEDNN, 0.95, data.and(stem.negate()));
        mean("backward data, ResNet-50's first layer", ONEDNN, 2, data.and(stem));
        mean(
                "backward weights, ResNet-50",
                ONEDNN,
                0.85,
                pass(Pass.WEIGHTS).and(batch(1)).and(network(RESIDUAL)));
    }

    private Targets() {}

    /** A line for each target of which rows were run. */
    static List<String> lines(Ratios ratios) {
        List<String> lines = new ArrayList<>();
        int threads = ratios.fewestThreads();
        for (Target target : ALL) {
            double[] values =
                    ratios.own().stream()
                            .filter(row -> row.workload().threads() == threads)
                            .filter(row -> target.rows().test(row.workload()))
                            .map(row -> ratios.against(target.peer(), row))
                            .flatMapToDouble(OptionalDouble::stream)
                            .toArray();
            if (values.length > 0) {
                double value =
                        target.statistic() == Statistic.LEAST
                                ? java.util.Arrays.stream(values).min().orElseThrow()
                                : Ratios.geometricMean(values);
                lines.add(
                        line(
                                target.work(),
                                "%s of %d, against %s"
                                        .formatted(
                                                target.statistic().text,
                                                values.length,
                                                target.peer()),
                                value,
                                target.bound(),
                                value >= target.bound()));
            }
        }
        seed(ratios, lines);
        twoThreads(ratios, lines);
        linear(ratios, lines);
        return lines;
    }

    private static void seed(Ratios ratios, List<String> lines) {
        for (Row row : ratios.own()) {
            Workload work = row.workload();
            if (pass(Pass.FORWARD).and(batch(1)).and(network(Set.of("reference"))).test(work)) {
                double micros = row.median() * 1000;
                lines.add(line(work.shape().name(), "µs, below", micros, 2, micros < 2));
            }
        }
    }

    private static void twoThreads(Ratios ratios, List<String> lines) {
        List<Double> speedups = new ArrayList<>();
        for (Row row : ratios.own()) {
            Workload work = row.workload();
            if (work.threads() == 2 && work.batch() == 8 && work.shape().flops(1) > 1e8) {
                ratios.own(new Workload(work.pass(), work.shape(), 8, 1))
                        .forEach(one -> speedups.add(one.median() / row.median()));
            }
        }
        if (!speedups.isEmpty()) {
            double least = speedups.stream().mapToDouble(s -> s).min().orElseThrow();
            String what = "least of %d, over one thread".formatted(speedups.size());
            lines.add(
                    line(
                            "two threads, layers > 100 MFLOP, batch 8",
                            what,
                            least,
                            1.85,
                            least >= 1.85));
        }
    }

    private static void linear(Ratios ratios, List<String> lines) {
        double worst = 0;
        int count = 0;
        for (Row row : ratios.own()) {
            Workload work = row.workload();
            if (work.batch() == 32) {
                for (Row eight :
                        ratios.own(new Workload(work.pass(), work.shape(), 8, work.threads()))) {
                    worst = Math.max(worst, row.median() / eight.median() / 4);
                    count++;
                }
            }
        }
        if (count > 0) {
            String what = "most of %d, time at 32 over 4 × time at 8".formatted(count);
            lines.add(line("linear in the batch", what, worst, 1.05, worst <= 1.05));
        }
    }

    private static String line(
            String work, String what, double value, double bound, boolean reached) {
        return String.format(
                Locale.ROOT,
                "  %-46s %-42s %6.2f  target %.2f  %s",
                work,
                what,
                value,
                bound,
                reached ? "reached" : "SHORT");
    }

    private static void mean(String work, String peer, double bound, Predicate<Workload> rows) {
        ALL.add(new Target(work, Statistic.GEOMETRIC_MEAN, peer, bound, rows));
    }

    private static void least(String work, String peer, double bound, Predicate<Workload> rows) {
        ALL.add(new Target(work, Statistic.LEAST, peer, bound, rows));
    }

    private static Predicate<Workload> pass(Pass pass) {
        return w -> w.pass() == pass;
    }

    private static Predicate<Workload> batch(int batch) {
        return w -> w.batch() == batch;
    }

    private static Predicate<Workload> network(Set<String> networks) {
        return w -> networks.contains(w.shape().network());
    }
}
