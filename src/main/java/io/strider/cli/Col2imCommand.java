package io.strider.cli;

import io.strider.conv.Col2im;
import io.strider.conv.Conv2dGeometry;
import io.strider.conv.Im2col;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strider col2im}: adds a matrix of patches back to a picture. */
@Command(
        name = "col2im",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Add every entry of a matrix of patches to the element it was taken from.",
            "",
            "This is the adjoint of im2col: where windows overlap, entries add up; entries that belong"
                    + " to the padding are dropped."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer =
                "  strider col2im --input cols.npy --shape 1,3,32,32 --kernel 3,3 --padding 1 --output"
                        + " x.npy")
final class Col2imCommand extends StriderCommand {
    @Option(
            names = "--input",
            paramLabel = "<cols.npy>",
            required = true,
            description =
                    "The matrix, (C·kernel height·kernel width) × (OH·OW·N), as im2col writes it. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path input;

    @Option(
            names = "--shape",
            paramLabel = "<n,c,h,w>",
            required = true,
            converter = ShapeConverter.class,
            description = "The shape of the result: images, channels, rows, columns. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Shape shape;

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
            paramLabel = "<x.npy>",
            required = true,
            description = "Where the result goes, N×C×H×W, float32. Needed.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path output;

    /** Sizes of a batch of pictures. */
    record Shape(long images, long channels, long height, long width) {
        long[] sizes() {
            return new long[] {images, channels, height, width};
        }
    }

    /** For picocli. */
    static final class ShapeConverter implements ITypeConverter<Shape> {
        @Override
        public Shape convert(String value) {
            long[] sizes = HeightAndWidth.numbers(value, "four numbers: N,C,H,W", 4);
            return new Shape(sizes[0], sizes[1], sizes[2], sizes[3]);
        }
    }

    @Override
    int run() throws IOException {
        InputFile file = new InputFile("--input", input);
        OutputFiles files = new OutputFiles();
        files.addInput(file);
        files.addOutput("--output", output);
        Conv2dGeometry geometry = window.patches(shape.sizes(), kernel);
        long[] expected = Im2col.matrixShape(geometry);
        try (Arena arena = Arena.ofConfined()) {
            Tensor matrix = file.read(arena, 2, "(C·kernel height·kernel width) × (OH·OW·N)");
            file.requireShape(matrix, expected, "as these options need");
            Memory.requireTensors(
                    "output " + input,
                    matrix.elementCount(),
                    shape.images() * shape.channels() * shape.height() * shape.width());
            long start = System.nanoTime();
            Tensor x = Tensor.zeros(arena, shape.sizes());
            Col2im.accumulate(geometry, matrix, x);
            double milliseconds = (System.nanoTime() - start) / 1e6;
            files.put(output, x);
            files.write();
            err().println(
                            String.format(
                                    Locale.ROOT,
                                    "strider: %d×%d patches added to %d×%d×%d×%d; %.3f ms; wrote %s",
                                    expected[0],
                                    expected[1],
                                    shape.images(),
                                    shape.channels(),
                                    shape.height(),
                                    shape.width(),
                                    milliseconds,
                                    Failures.oneLine(files.names())));
        }
        return ExitCode.DONE;
    }
}
