package io.strider.cli;

import io.strider.embedding.DecodingLimits;
import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.Picture;
import io.strider.tensor.StagedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strider compare}: how alike pictures are. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Embed pictures and print how alike each two are: the cosine of the angle between their"
                    + " vectors, 1 for the same, around 0 for nothing in common.",
            "",
            "The packaged model knows faces; another is given by --model."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  strider compare --picture alike.png anna.jpg ben.jpg group/*.png")
final class CompareCommand extends StriderCommand {
    /** A picture of the matrix of more would have too many pixels. */
    private static final int MOST = 100;

    @Parameters(
            paramLabel = "<picture>",
            arity = "2..*",
            description = "JPEG, PNG, WebP, GIF or BMP files, two to 100.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "<model.onnx>",
            description = "The network. Default: the packaged one, which knows faces.")
    private @Nullable Path model;

    @Option(
            names = "--layer",
            paramLabel = "<name>",
            description = "The network's value to take as the vector. Default: its first output.")
    private @Nullable String layer;

    @Option(
            names = "--picture",
            paramLabel = "<file.png>",
            description = "Where the matrix is drawn, with the pictures. Default: not drawn.")
    private @Nullable Path picture;

    @Mixin private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Override
    int run() throws IOException {
        if (files.size() > MOST) {
            throw badArguments(files.size() + " pictures (expected: at most " + MOST + ")");
        }
        OutputFiles outputs = new OutputFiles();
        files.forEach(file -> outputs.addInput(new InputFile("<picture>", file)));
        if (picture != null) {
            outputs.addOutput("--picture", picture);
        }
        ImageEmbedder.Builder builder =
                ImageEmbedder.builder().imageEntries(preprocessing.entries());
        if (model != null) {
            builder.model(model);
        }
        if (layer != null) {
            builder.output(layer);
        }
        ImageDecoder decoder = new ImageDecoder(DecodingLimits.DEFAULT);
        List<Picture> pictures = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Path file : files) {
            pictures.add(decoder.decode(file));
            names.add(Failures.oneLine(String.valueOf(file.getFileName())));
        }
        try (ImageEmbedder embedder = builder.build()) {
            Similarities similarities =
                    new Similarities(names, pictures, Similarities.of(embedder.embed(pictures)));
            similarities.print(out());
            if (picture != null) {
                write(similarities, picture);
                out().println();
                out().println("Drawn: " + Failures.oneLine(picture.toString()));
            }
        }
        return ExitCode.DONE;
    }

    /** Draws the matrix into a file, whole or not at all. */
    static void write(Similarities similarities, Path file) throws IOException {
        try (StagedFiles staged = new StagedFiles()) {
            staged.stage(
                    file,
                    stream -> {
                        if (!ImageIO.write(similarities.draw(), "png", stream)) {
                            throw new IOException("this JDK cannot write PNG pictures");
                        }
                    });
            staged.commit();
        }
    }
}
