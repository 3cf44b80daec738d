package io.strider.cli;

import io.strider.blas.Workers;
import io.strider.graph.GraphInput;
import io.strider.graph.PlanDescription;
import io.strider.graph.Session;
import io.strider.graph.TensorType;
import io.strider.graph.Value;
import io.strider.onnx.OnnxNetwork;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strider explain}: what a network is and how it will be computed. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Print how an ONNX network is computed: a line for each step with its algorithm, its"
                    + " output, millions of multiply-adds (MMACs), and where the output lies.",
            "",
            "Nodes that were folded into others or into the weights have no line of their own."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = {
            "  strider explain model.onnx --batch 8",
            "  strider explain model.onnx --shape image=1x3x256x320 --time 20"
        })
final class ExplainCommand extends StriderCommand {
    /** What a free size is taken as beside the batch; most networks of pictures know it. */
    private static final long SIDE = 224;

    @Parameters(paramLabel = "<model.onnx>", description = "The network.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path model;

    @Option(
            names = "--batch",
            paramLabel = "<n>",
            description =
                    "Size of the first dimension where the network leaves it free. Default: 1.")
    private long batch = 1;

    @Option(
            names = "--shape",
            paramLabel = "<name=sizes>",
            description =
                    "Sizes of an input, such as image=1x3x256x320. Default: the network's own, and 224"
                            + " where it leaves one free.")
    private List<String> shapes = new ArrayList<>();

    @Option(
            names = "--time",
            paramLabel = "<runs>",
            description =
                    "Run it so often on zeros and add each step's mean time. Default: not run.")
    private @Nullable Integer runs;

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            description = "How many threads compute when it is timed. Default: 1.")
    private int threads = 1;

    @Override
    int run() throws IOException {
        try (OnnxNetwork network = OnnxNetwork.load(model);
                Workers workers = Workers.of(threads);
                Session session = Session.builder(network.graph()).workers(workers).build()) {
            Map<String, TensorType> types = types(session.inputs());
            out().printf(
                            Locale.ROOT,
                            "%s: operator set %d%s%n",
                            Failures.oneLine(String.valueOf(model.getFileName())),
                            network.opset(),
                            network.producer().isBlank()
                                    ? ""
                                    : ", from " + Failures.oneLine(network.producer()));
            types.forEach((name, type) -> value("input", name, type));
            session.outputTypes(types).forEach((name, type) -> value("output", name, type));
            out().println();
            print(runs == null ? session.explain(types) : timed(session, types, runs));
        }
        return ExitCode.DONE;
    }

    private void value(String kind, String name, TensorType type) {
        out().printf(Locale.ROOT, "%-7s %s  %s%n", kind, Failures.oneLine(name), type);
    }

    private Map<String, TensorType> types(List<GraphInput> inputs) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        for (GraphInput input : inputs) {
            long[] shape = input.shape().clone();
            for (int dim = 0; dim < shape.length; dim++) {
                if (shape[dim] == GraphInput.FREE) {
                    shape[dim] = dim == 0 ? batch : SIDE;
                }
            }
            types.put(input.name(), new TensorType(input.type(), shape));
        }
        for (String text : shapes) {
            int equals = text.lastIndexOf('=');
            String name = equals < 0 && inputs.size() == 1 ? inputs.getFirst().name() : "";
            name = equals < 0 ? name : text.substring(0, equals);
            TensorType type = types.get(name);
            if (type == null) {
                throw badArguments(
                        "--shape %s (expected: name=sizes, for one of %s)"
                                .formatted(text, types.keySet()));
            }
            types.put(name, new TensorType(type.type(), sizes(text.substring(equals + 1))));
        }
        return types;
    }

    private long[] sizes(String text) {
        try {
            return Arrays.stream(text.split("[x,]", -1)).mapToLong(Long::parseLong).toArray();
        } catch (NumberFormatException bad) {
            throw badArguments("--shape: '%s' (expected: sizes as 1x3x224x224)".formatted(text));
        }
    }

    private static PlanDescription timed(Session session, Map<String, TensorType> types, int runs) {
        try (Arena arena = Arena.ofShared()) {
            Map<String, Value> values = new LinkedHashMap<>();
            types.forEach((name, type) -> values.put(name, zeros(type, arena)));
            return session.profile(values, runs);
        }
    }

    private static Value zeros(TensorType type, Arena arena) {
        Memory.requireTensors("input", type.elementCount());
        if (type.type() == ElementType.FLOAT32) {
            return new Value.Floats(Tensor.zeros(arena, type.shape()));
        }
        int count = Math.toIntExact(type.elementCount());
        NdArray zeros = NdArray.ofLongs(ElementType.INT64, new long[count], type.shape());
        return new Value.Numbers(zeros.cast(type.type()));
    }

    private void print(PlanDescription plan) {
        boolean timed = runs != null;
        out().printf(
                        Locale.ROOT,
                        "%4s  %-22s %-12s %-24s %9s %21s  %s%s%n",
                        "step",
                        "operator",
                        "algorithm",
                        "output",
                        "MMACs",
                        "memory",
                        timed ? "      ms  " : "",
                        "nodes");
        long nanos = 0;
        int number = 0;
        for (PlanDescription.Step step : plan.steps()) {
            nanos += step.nanos();
            out().printf(
                            Locale.ROOT,
                            "%4d  %-22s %-12s %-24s %9s %21s  %s%s%n",
                            ++number,
                            step.operator(),
                            step.algorithm(),
                            sizes(step),
                            step.multiplications() == 0
                                    ? ""
                                    : String.format(
                                            Locale.ROOT, "%.2f", step.multiplications() / 1e6),
                            step.memory().isEmpty() ? Memory.text(step.bytes()) : step.memory(),
                            timed ? String.format(Locale.ROOT, "%8.3f  ", step.nanos() / 1e6) : "",
                            Failures.oneLine(step.node()));
        }
        out().println();
        out().printf(
                        Locale.ROOT,
                        "%d steps, %.1f MMACs, %s of weights, %s of memory for one run%s%n",
                        plan.steps().size(),
                        plan.multiplications() / 1e6,
                        Memory.text(plan.constantBytes()),
                        Memory.text(plan.frameBytes()),
                        timed ? String.format(Locale.ROOT, ", %.2f ms", nanos / 1e6) : "");
    }

    private static String sizes(PlanDescription.Step step) {
        return step.outputs().stream()
                .map(type ->
                        Arrays.stream(type.shape())
                                        .mapToObj(Long::toString)
                                        .collect(Collectors.joining("×"))
                                + (type.type() == ElementType.FLOAT32 ? "" : " " + type.type()))
                .collect(Collectors.joining(", "));
    }
}
