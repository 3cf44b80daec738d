package io.strider.cli;

import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.openblas.OpenBlasLibrary;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.StagedFiles;
import io.strider.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strider demo}: a real layer on a real photograph, checked, timed and drawn. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        description = {
            "Embed photographs with a face recognition network, and look into its first layer.",
            "",
            "Which photographs are alike is printed and drawn. The layer's results, forward and"
                    + " backward, are checked against PyTorch's, it is timed, and its feature maps are"
                    + " drawn."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  strider demo --similarity similarity.png --output feature-maps.png")
final class DemoCommand extends StriderCommand {
    private static final String CASE = "face-conv1";
    private static final int RUNS = 101;

    /** How long runs are not counted: until the just-in-time compiler has done its part. */
    private static final long WARM_UP_NANOSECONDS = 300_000_000;

    /** The golden input was made in float32: two roundings of numbers up to 255, then / 255. */
    private static final double INPUT_TOLERANCE = 4 * 0x1p-24;

    private final GoldenCases cases;

    @Option(
            names = "--output",
            paramLabel = "<file.png>",
            description =
                    "Where the picture goes, a PNG of about 1200×420 pixels. Default: feature-maps.png.")
    private Path output = Path.of("feature-maps.png");

    @Option(
            names = "--similarity",
            paramLabel = "<file.png>",
            description =
                    "Where the picture of the photographs and how alike they are goes. Default:"
                            + " similarity.png.")
    private Path similarity = Path.of("similarity.png");

    DemoCommand(GoldenCases cases) {
        this.cases = cases;
    }

    @Override
    int run() throws IOException {
        OutputFiles files = new OutputFiles();
        files.addOutput("--output", output);
        files.addOutput("--similarity", similarity);
        boolean apart = PhotographDemo.run(out(), similarity);
        out().println();
        try (Arena arena = Arena.ofConfined()) {
            OpenBlasLibrary library = OpenBlasLibrary.load();
            GoldenCase golden = cases.named(CASE);
            GoldenCase.Arrays arrays = cases.load(golden, arena);
            BufferedImage photograph = Photograph.read(cases);
            Tensor x = Photograph.toInput(photograph, arena);
            Conv2d layer = golden.convolution(Algorithm.AUTO);
            Conv2dGeometry geometry = layer.geometry(x.shape(), arrays.w().shape());
            out().println(
                            "One of them, 150×150, goes through the first layer of that network alone:");
            out().println("  " + geometry);
            out().println("  " + library);
            out().println();
            boolean right = check(golden, arrays, layer, x);
            out().println();
            time(layer, geometry, arrays, x, arena);
            Tensor y = layer.forward(x, arrays.w(), arrays.b(), arena);
            BufferedImage picture = FeatureMaps.draw(photograph, y);
            try (StagedFiles staged = new StagedFiles()) {
                staged.stage(
                        output,
                        stream -> {
                            if (!ImageIO.write(picture, "png", stream)) {
                                throw new IOException("this JDK cannot write PNG pictures");
                            }
                        });
                staged.commit();
            }
            out().println();
            out().printf(
                            Locale.ROOT,
                            "The photograph and its %d feature maps, %d×%d pixels: %s%n",
                            y.size(1),
                            picture.getWidth(),
                            picture.getHeight(),
                            Failures.oneLine(output.toString()));
            if (!right || !apart) {
                throw new Failures.CheckFailedException(
                        right
                                ? "demo failed: the photographs of one face do not stand apart, see above"
                                : "demo failed: the results are not PyTorch's, see above");
            }
            out().println();
            out().println("What to try next:");
            out().println("  strider embed --help     vectors of your own pictures");
            out().println("  strider compare --help   how alike your own pictures are");
            out().println("  strider check            every packaged convolution against PyTorch");
            out().println(
                            "  strider info             what was found, and what would make it faster");
            out().println("  strider conv2d --help    convolutions on .npy files of your own");
        }
        return ExitCode.DONE;
    }

    /** Prints one line for each result; returns whether all are right. */
    private boolean check(GoldenCase golden, GoldenCase.Arrays arrays, Conv2d layer, Tensor x) {
        double off = largestDifference(x, arrays.x());
        boolean right = off <= INPUT_TOLERANCE;
        out().println("Checked against PyTorch, float64:");
        out().printf(
                        Locale.ROOT,
                        "  x   the network's input      largest difference %.1e%s%n",
                        off,
                        right ? "" : "  WRONG");
        Map<GoldenCheck.Result, ErrorBound.Deviation> deviations =
                GoldenCheck.deviations(
                        layer, arrays, MemoryFormat.CHANNELS_FIRST, ErrorBound.of(golden, arrays));
        for (var entry : deviations.entrySet()) {
            ErrorBound.Deviation deviation = entry.getValue();
            String what =
                    switch (entry.getKey()) {
                        case Y -> "the feature maps";
                        case GX -> "gradient of the input";
                        case GW -> "gradient of the weights";
                        case GB -> "gradient of the bias";
                    };
            out().printf(
                            Locale.ROOT,
                            "  %-3s %-24s largest difference %.1e, %4.1f %% of the error bound%s%n",
                            entry.getKey(),
                            what,
                            deviation.largest(),
                            100 * deviation.share(),
                            deviation.isWithin() ? "" : "  WRONG");
            right &= deviation.isWithin();
        }
        return right;
    }

    private static double largestDifference(Tensor actual, Tensor expected) {
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            return Double.POSITIVE_INFINITY;
        }
        float[] a = actual.toArray();
        float[] b = expected.toArray();
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }

    private void time(
            Conv2d layer,
            Conv2dGeometry geometry,
            GoldenCase.Arrays arrays,
            Tensor x,
            Arena arena) {
        Tensor w = arrays.w();
        Tensor gy = arrays.gy();
        Tensor y = Tensor.zeros(arena, geometry.outputShape());
        Tensor gx = Tensor.zeros(arena, geometry.inputShape());
        Tensor gw = Tensor.zeros(arena, geometry.weightShape());
        Tensor gb = Tensor.zeros(arena, geometry.outChannels());
        double forward = median(() -> layer.forward(x, w, arrays.b(), y));
        double backward =
                median(() -> {
                    layer.backwardInput(w, gy, gx);
                    layer.backwardWeight(x, gy, gw);
                    layer.backwardBias(gy, gb);
                });
        double flops = 2 * Conv2dCommand.macs(geometry);
        out().printf(
                        Locale.ROOT,
                        "Timed, median of %d runs, one thread, %s:%n",
                        RUNS,
                        layer.algorithm(geometry));
        out().printf(
                        Locale.ROOT,
                        "  forward   %6.3f ms, %5.1f GFLOP/s%n",
                        forward / 1e6,
                        flops / forward);
        out().printf(
                        Locale.ROOT,
                        "  backward  %6.3f ms, %5.1f GFLOP/s%n",
                        backward / 1e6,
                        2 * flops / backward);
    }

    /** The median time of a run in nanoseconds. */
    private static double median(Runnable run) {
        long begin = System.nanoTime();
        do {
            run.run();
        } while (System.nanoTime() - begin < WARM_UP_NANOSECONDS);
        long[] times = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            run.run();
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return Math.max(1, times[RUNS / 2]);
    }
}
