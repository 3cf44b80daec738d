package io.strider.cli;

import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.openblas.OpenBlasLibrary;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strider conv2d}: output and gradients of one convolution, from files to files. */
@Command(
        name = "conv2d",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Compute a convolution's output, its gradients, or both, from .npy files to .npy files.",
            "",
            "Inputs may be float32, float64 or unsigned bytes and are computed in float32; outputs are"
                    + " float32. Either all files asked for appear or none."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = {
            "  strider conv2d --input x.npy --weight w.npy --padding same --output y.npy",
            "  strider conv2d --input x.npy --weight w.npy --stride 2 \\",
            "      --grad-output gy.npy --grad-input gx.npy --grad-weight gw.npy --grad-bias gb.npy"
        })
final class Conv2dCommand extends StriderCommand {
    @Option(
            names = "--input",
            paramLabel = "<x.npy>",
            required = true,
            description = "The input x, N×C×H×W. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path input;

    @Option(
            names = "--weight",
            paramLabel = "<w.npy>",
            required = true,
            description = "The weights w, O×C/groups×kernel height×kernel width. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path weight;

    @Option(
            names = "--bias",
            paramLabel = "<b.npy>",
            description = "The bias b, O, added to the output. Default: none.")
    private @Nullable Path bias;

    @Mixin private ConvolutionOptions window = new ConvolutionOptions();

    @Option(
            names = "--groups",
            paramLabel = "<n>",
            description =
                    "Groups that channels are split into; as many as channels: depthwise. Default: 1.")
    private long groups = 1;

    @Option(
            names = "--algorithm",
            paramLabel = "<name>",
            description =
                    "auto (the quickest that can), direct (plain loops, slow), im2col (patches times"
                            + " weights) or pointwise (1×1, stride 1, no padding). Default: auto.")
    private Algorithm algorithm = Algorithm.AUTO;

    @Option(
            names = "--format",
            paramLabel = "<order>",
            description =
                    "Memory order to compute in: nchw or nhwc. Files are N×C×H×W either way. Default:"
                            + " nchw.")
    private ImageOrder format = ImageOrder.NCHW;

    @Option(
            names = "--output",
            paramLabel = "<y.npy>",
            description = "Where y = x ∗ w + b goes, N×O×OH×OW. Default: not computed.")
    private @Nullable Path output;

    @Option(
            names = "--grad-output",
            paramLabel = "<gy.npy>",
            description = "The gradient of y, N×O×OH×OW; needed for the gradients below.")
    private @Nullable Path gradOutput;

    @Option(
            names = "--grad-input",
            paramLabel = "<gx.npy>",
            description = "Where the gradient of x goes, N×C×H×W. Default: not computed.")
    private @Nullable Path gradInput;

    @Option(
            names = "--grad-weight",
            paramLabel = "<gw.npy>",
            description = "Where the gradient of w goes, in the shape of w. Default: not computed.")
    private @Nullable Path gradWeight;

    @Option(
            names = "--grad-bias",
            paramLabel = "<gb.npy>",
            description = "Where the gradient of b goes, O. Default: not computed.")
    private @Nullable Path gradBias;

    @Override
    int run() throws IOException {
        requireSomethingToDo();
        InputFile x = new InputFile("--input", input);
        InputFile w = new InputFile("--weight", weight);
        InputFile b = bias == null ? null : new InputFile("--bias", bias);
        InputFile gy = gradOutput == null ? null : new InputFile("--grad-output", gradOutput);
        OutputFiles files = outputs(x, w, b, gy);
        Conv2d convolution = window.convolution().groups(groups).algorithm(algorithm).build();
        try (Arena arena = Arena.ofConfined()) {
            Operands operands =
                    new Operands(
                            x.read(arena, 4, "N×C×H×W"),
                            w.read(arena, 4, "O×C/groups×kernel height×kernel width"),
                            b == null ? null : b.read(arena, 1, "one for each output channel"),
                            gy == null ? null : gy.read(arena, 4, "N×O×OH×OW"));
            Conv2dGeometry geometry = convolution.geometry(operands.x.shape(), operands.w.shape());
            if (b != null && operands.b != null) {
                long[] expected = {geometry.outChannels()};
                b.requireShape(operands.b, expected, "one for each output channel");
            }
            if (gy != null && operands.gy != null) {
                gy.requireShape(operands.gy, geometry.outputShape(), "the output's");
            }
            requireMemory(geometry, operands);
            String means = means(convolution.algorithm(geometry));
            List<String> done = new ArrayList<>();
            double milliseconds =
                    compute(convolution, operands.in(format, arena), files, arena, done);
            files.write();
            double gflops = 2.0 * macs(geometry) * passes() / Math.max(milliseconds, 1e-9) / 1e6;
            err().println(
                            String.format(
                                    Locale.ROOT,
                                    "strider: %s of %s; %s; %.3f ms%s (first run); wrote %s",
                                    String.join(", ", done),
                                    geometry,
                                    means,
                                    milliseconds,
                                    passes() == 0
                                            ? ""
                                            : String.format(Locale.ROOT, ", %.3g GFLOP/s", gflops),
                                    Failures.oneLine(files.names())));
        }
        return ExitCode.DONE;
    }

    private record Operands(Tensor x, Tensor w, @Nullable Tensor b, @Nullable Tensor gy) {
        /** All in one memory format, copied where they are not; the bias has none. */
        Operands in(ImageOrder order, Arena arena) {
            return new Operands(
                    in(order, x, arena),
                    in(order, w, arena),
                    b,
                    gy == null ? null : in(order, gy, arena));
        }

        private static Tensor in(ImageOrder order, Tensor t, Arena arena) {
            return t.isContiguous(order.format) ? t : t.contiguous(arena, order.format);
        }

        /** Elements that they take in a memory format, those that are read included. */
        long elements(ImageOrder order) {
            return elements(order, x) + elements(order, w) + (gy == null ? 0 : elements(order, gy));
        }

        private static long elements(ImageOrder order, Tensor t) {
            return t.isContiguous(order.format) ? t.elementCount() : 2 * t.elementCount();
        }
    }

    private void requireSomethingToDo() {
        boolean gradients = gradInput != null || gradWeight != null || gradBias != null;
        if (gradients && gradOutput == null) {
            throw badArguments(
                    "Missing option: --grad-output, the gradient of the output, which the other"
                            + " gradients follow from");
        }
        if (!gradients && gradOutput != null) {
            throw badArguments(
                    "Nothing to do with --grad-output: give at least one of --grad-input,"
                            + " --grad-weight and --grad-bias");
        }
        if (!gradients && output == null) {
            throw badArguments(
                    "Nothing to do: give --output, or --grad-output with at least one of"
                            + " --grad-input, --grad-weight and --grad-bias");
        }
    }

    private OutputFiles outputs(
            InputFile x, InputFile w, @Nullable InputFile b, @Nullable InputFile gy)
            throws IOException {
        OutputFiles files = new OutputFiles();
        files.addInput(x);
        files.addInput(w);
        if (b != null) {
            files.addInput(b);
        }
        if (gy != null) {
            files.addInput(gy);
        }
        if (output != null) {
            files.addOutput("--output", output);
        }
        if (gradInput != null) {
            files.addOutput("--grad-input", gradInput);
        }
        if (gradWeight != null) {
            files.addOutput("--grad-weight", gradWeight);
        }
        if (gradBias != null) {
            files.addOutput("--grad-bias", gradBias);
        }
        return files;
    }

    private void requireMemory(Conv2dGeometry geometry, Operands operands) {
        Memory.requireTensors(
                geometry.toString(),
                operands.elements(format),
                output == null ? 0 : elements(geometry.outputShape()),
                gradInput == null ? 0 : elements(geometry.inputShape()),
                gradWeight == null ? 0 : elements(geometry.weightShape()));
    }

    private static long elements(long[] shape) {
        return shape[0] * shape[1] * shape[2] * shape[3]; // as bytes it fits a long
    }

    /** Loads OpenBLAS if it is needed, so that its loading is not timed. */
    private String means(Algorithm chosen) {
        if (chosen == Algorithm.DIRECT) {
            return chosen + " in " + format + ", plain Java";
        }
        OpenBlasLibrary library = OpenBlasLibrary.load();
        return "%s in %s, OpenBLAS %s with %s kernels"
                .formatted(chosen, format, library.version(), library.coreName());
    }

    /** Returns the time in milliseconds. */
    private double compute(
            Conv2d convolution,
            Operands operands,
            OutputFiles files,
            Arena arena,
            List<String> done) {
        Tensor x = operands.x;
        Tensor w = operands.w;
        Tensor gy = operands.gy;
        long start = System.nanoTime();
        if (output != null) {
            files.put(output, convolution.forward(x, w, operands.b, arena));
            done.add("output");
        }
        if (gy != null && gradInput != null) {
            files.put(gradInput, convolution.backwardInput(w, gy, x.shape(), arena));
            done.add("input gradient");
        }
        if (gy != null && gradWeight != null) {
            files.put(gradWeight, convolution.backwardWeight(x, gy, w.shape(), arena));
            done.add("weight gradient");
        }
        if (gy != null && gradBias != null) {
            files.put(gradBias, convolution.backwardBias(gy, arena));
            done.add("bias gradient");
        }
        return (System.nanoTime() - start) / 1e6;
    }

    /** Products of one pass over the convolution; taps on the padding count. */
    static double macs(Conv2dGeometry geometry) {
        return (double) elements(geometry.outputShape()) * geometry.productsPerOutput();
    }

    /** Passes that cost a whole product: all but the bias gradient, which only adds. */
    private int passes() {
        return (output == null ? 0 : 1)
                + (gradInput == null ? 0 : 1)
                + (gradWeight == null ? 0 : 1);
    }
}
