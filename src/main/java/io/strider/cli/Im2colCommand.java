package io.strider.cli;

import io.strider.conv.Conv2dGeometry;
import io.strider.conv.Im2col;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strider im2col}: the matrix of patches of a picture. */
@Command(
        name = "im2col",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Write the matrix of patches of an input.",
            "",
            "The matrix is (C·kernel height·kernel width) × (OH·OW·N): a row for each tap of a channel,"
                    + " a column for each window, positions first and images within a position."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  strider im2col --input x.npy --kernel 3,3 --padding 1 --output cols.npy")
final class Im2colCommand extends StriderCommand {
    @Option(
            names = "--input",
            paramLabel = "<x.npy>",
            required = true,
            description = "The input x, N×C×H×W. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path input;

    @Option(
            names = "--kernel",
            paramLabel = "<h,w>",
            required = true,
            converter = HeightAndWidth.Converter.class,
            description = "Rows and columns of the window in taps, one or two numbers. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private HeightAndWidth kernel;

    @Mixin private ConvolutionOptions window = new ConvolutionOptions();

    @Option(
            names = "--output",
            paramLabel = "<cols.npy>",
            required = true,
            description = "Where the matrix goes, float32. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path output;

    @Override
    int run() throws IOException {
        InputFile file = new InputFile("--input", input);
        OutputFiles files = new OutputFiles();
        files.addInput(file);
        files.addOutput("--output", output);
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = file.read(arena, 4, "N×C×H×W");
            Conv2dGeometry geometry = window.patches(x.shape(), kernel);
            long[] shape = Im2col.matrixShape(geometry);
            Memory.requireTensors(
                    "matrix of patches, %d×%d".formatted(shape[0], shape[1]),
                    x.elementCount(),
                    shape[0] * shape[1]);
            long start = System.nanoTime();
            files.put(output, Im2col.matrix(geometry, x, arena));
            double milliseconds = (System.nanoTime() - start) / 1e6;
            files.write();
            err().println(
                            String.format(
                                    java.util.Locale.ROOT,
                                    "strider: %d×%d patches of %d windows a picture; %.3f ms; wrote %s",
                                    shape[0],
                                    shape[1],
                                    geometry.positions(),
                                    milliseconds,
                                    Failures.oneLine(files.names())));
        }
        return ExitCode.DONE;
    }
}
