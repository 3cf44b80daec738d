package io.strider.cli;

import io.strider.embedding.DecodingLimits;
import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strider embed}: pictures become vectors. */
@Command(
        name = "embed",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Turn pictures into vectors, with the packaged network for faces or one of your own.",
            "",
            "Results are in the order of the paths, those in a folder in the order of their names."
                    + " Each file is embedded once. Pictures that cannot be read are reported on"
                    + " standard error and left out; the exit code is then 3.",
            "",
            "While a run with --output is under way, its finished vectors are in FILE.part beside the"
                    + " output, whatever ends it. The same command with --resume goes on from there."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  strider embed photographs/                              JSON Lines on standard output",
            "  strider embed photographs/ --output faces.npy           and faces.names.txt beside it",
            "  strider embed photographs/ --output faces.npy --resume  goes on with a run that ended",
            "  strider embed --model resnet50.onnx --layer pooled --size 256 --crop 224 \\",
            "      --mean 123.675,116.28,103.53 --std 58.395,57.12,57.375 -o pictures.csv a.jpg b.png"
        })
final class EmbedCommand extends StriderCommand {
    private static final int MOST_THREADS = 1024;
    private static final int MOST_BATCH = 1024;

    /** How many rows wait for an earlier one, for each row that is being computed. */
    private static final int WINDOW = 16;

    private static final Path STANDARD_OUTPUT = Path.of("-");

    @Parameters(
            arity = "1..*",
            paramLabel = "<path>",
            description = {
                "JPEG, PNG, WebP, GIF or BMP files; or folders, of which all pictures are taken, also"
                        + " those in folders inside, but nothing hidden."
            })
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "<model.onnx>",
            description = "The network. Default: the packaged one, which knows faces.")
    private @Nullable Path model;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "<file>",
            description = {
                "Where the vectors go: .npy, a float32 matrix, with the paths in FILE.names.txt, a"
                        + " line each (\\n, \\r and \\\\ stand for what would break it); .jsonl, a line"
                        + " {\"path\":…, \"embedding\":[…]} each; .csv, with a line of titles.",
                "Default: -, standard output."
            })
    private Path output = STANDARD_OUTPUT;

    @Option(
            names = "--format",
            paramLabel = "<format>",
            description =
                    "npy, jsonl or csv. Default: as the output's name ends; on standard output jsonl.")
    private @Nullable EmbeddingFormat format;

    @Option(
            names = "--resume",
            description =
                    "Go on with the run that left FILE.part. Default: a FILE.part that is there is"
                            + " refused.")
    private boolean resume;

    @Option(
            names = "--layer",
            paramLabel = "<name>",
            description = "The network's value to take as the vector. Default: its first output.")
    private @Nullable String layer;

    @Option(
            names = "--no-normalize",
            description = "Leave vectors as they are. Default: they are scaled to length 1.")
    private boolean asTheyAre;

    @Option(
            names = "--batch",
            paramLabel = "<n>",
            description = "How many pictures a thread computes at once, at most. Default: 8.")
    private int batch = 8;

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            description = "How many threads decode and compute. Default: as many as processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--max-pixels",
            paramLabel = "<n>",
            description = "Larger pictures are not read. Default: 100000000.")
    private long maxPixels = DecodingLimits.DEFAULT.maxPixels();

    @Mixin private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Override
    int run() throws IOException {
        check("--batch", batch, MOST_BATCH);
        check("--threads", threads, MOST_THREADS);
        EmbeddingFormat chosen = format();
        DecodingLimits limits = new DecodingLimits(DecodingLimits.DEFAULT.maxBytes(), maxPixels);
        if (!isStandardOutput()) {
            checkOutputs(chosen);
        }
        try (EmbeddingProgress progress = new EmbeddingProgress(err());
                ImageEmbedder embedder = embedder(limits)) {
            PictureFiles pictures = new PictureFiles(progress::failed);
            paths.forEach(pictures::add);
            if (pictures.found().isEmpty()) {
                throw new IllegalArgumentException(
                        "no pictures found (expected: JPEG, PNG, WebP, GIF or BMP files, or folders"
                                + " with some)");
            }
            if (isStandardOutput()) {
                return toStream(embedder, limits, pictures.found(), progress, chosen);
            }
            for (Path file : chosen.files(output)) {
                Path real = Files.exists(file) ? file.toRealPath() : file;
                if (pictures.contains(file) || pictures.contains(real)) {
                    throw new IllegalArgumentException(
                            "--output %s: one of the pictures (expected: a file of its own)"
                                    .formatted(file));
                }
            }
            return toFile(embedder, limits, pictures.found(), progress, chosen);
        }
    }

    private void check(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw badArguments(
                    String.format(Locale.ROOT, "%s: %d (expected: 1 to %d)", option, value, most));
        }
    }

    private boolean isStandardOutput() {
        return output.equals(STANDARD_OUTPUT);
    }

    private EmbeddingFormat format() {
        if (isStandardOutput()) {
            if (resume) {
                throw badArguments("--resume: without --output (expected: a file's name)");
            }
            if (format == EmbeddingFormat.NPY) {
                throw badArguments("--format npy: on standard output (expected: --output FILE)");
            }
            return format == null ? EmbeddingFormat.JSONL : format;
        }
        EmbeddingFormat told = format == null ? EmbeddingFormat.ofName(output) : format;
        if (told == null) {
            throw badArguments(
                    "--output %s: no ending that tells the format (expected: .npy, .jsonl or .csv,"
                                    .formatted(output)
                            + " or --format)");
        }
        return told;
    }

    private void checkOutputs(EmbeddingFormat chosen) throws IOException {
        OutputFiles files = new OutputFiles();
        if (model != null) {
            files.addInput(new InputFile("--model", model));
        }
        for (Path file : chosen.files(output)) {
            files.addOutput("--output", file);
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new FileSystemException(
                        file.toString(), null, "is no regular file (expected: one, or -)");
            }
        }
        files.addOutput("--output", EmbeddingJournal.beside(output));
    }

    private ImageEmbedder embedder(DecodingLimits limits) throws IOException {
        ImageEmbedder.Builder builder =
                ImageEmbedder.builder()
                        .callerComputes(threads)
                        .maxBatch(batch)
                        .normalized(!asTheyAre)
                        .limits(limits)
                        .imageEntries(preprocessing.entries());
        if (model != null) {
            builder.model(model);
        }
        if (layer != null) {
            builder.output(layer);
        }
        return builder.build();
    }

    private int toStream(
            ImageEmbedder embedder,
            DecodingLimits limits,
            List<PictureFile> files,
            EmbeddingProgress progress,
            EmbeddingFormat chosen)
            throws IOException {
        int window = Math.multiplyExact(Math.multiplyExact(threads, batch), WINDOW);
        StreamResults results =
                new StreamResults(files, chosen, out(), Math.min(window, files.size()));
        EmbeddingRun run =
                new EmbeddingRun(
                        embedder, new ImageDecoder(limits), files, results, progress, threads);
        long start = System.nanoTime();
        try (Interruption _ =
                new Interruption(
                        run::stop,
                        () -> {
                            progress.close();
                            say("interrupted after " + pictures(progress.doneCount()));
                        })) {
            progress.show(0, files.size());
            run.run();
            if (run.isStopped()) {
                return ExitCode.INTERRUPTED;
            }
        }
        progress.close();
        return summary(progress, start, 0, "");
    }

    private int toFile(
            ImageEmbedder embedder,
            DecodingLimits limits,
            List<PictureFile> files,
            EmbeddingProgress progress,
            EmbeddingFormat chosen)
            throws IOException {
        int dimensions =
                embedder.preprocessing().fixedSize().isPresent() ? embedder.dimensions() : -1;
        Path part = EmbeddingJournal.beside(output);
        try (EmbeddingJournal journal =
                        EmbeddingJournal.open(
                                part, description(model, embedder, !asTheyAre), resume);
                FileResults results = new FileResults(files, journal, dimensions)) {
            int before = results.count();
            EmbeddingRun run =
                    new EmbeddingRun(
                            embedder, new ImageDecoder(limits), files, results, progress, threads);
            long start = System.nanoTime();
            try (Interruption _ =
                    new Interruption(
                            run::stop, () -> sayHowToResume(results, files.size(), part))) {
                progress.show(before, files.size());
                write(run, results, chosen, part);
                if (run.isStopped() && !results.isFinished()) {
                    return ExitCode.INTERRUPTED;
                }
            }
            progress.close();
            String names =
                    String.join(", ", chosen.files(output).stream().map(Path::toString).toList());
            return summary(progress, start, before, "; wrote " + names);
        }
    }

    /** Runs, and writes the files; of a failure it says what is left. */
    private void write(EmbeddingRun run, FileResults results, EmbeddingFormat chosen, Path part)
            throws IOException {
        try {
            run.run();
        } catch (IOException failed) {
            throw kept(failed, results, part);
        }
        if (run.isStopped()) {
            return;
        }
        try {
            results.finish(chosen, output);
        } catch (IOException failed) {
            if (!run.isStopped()) {
                throw kept(failed, results, part);
            }
        }
    }

    private static IOException kept(IOException failed, FileResults results, Path part) {
        return new IOException(
                "%s; %s kept in %s, --resume goes on with them"
                        .formatted(Failures.words(failed), pictures(results.count()), part),
                failed);
    }

    private void sayHowToResume(FileResults results, int all, Path part) {
        if (!results.isFinished()) {
            say(
                    String.format(
                            Locale.ROOT,
                            "interrupted; %d of %s kept in %s, the same command with --resume goes on",
                            results.count(),
                            pictures(all),
                            part));
        }
    }

    private int summary(EmbeddingProgress progress, long start, int before, String wrote) {
        double seconds = (System.nanoTime() - start) / 1e9;
        long done = progress.doneCount();
        long failed = progress.failedCount();
        String taken = before == 0 ? "" : String.format(Locale.ROOT, "%d taken over, ", before);
        String lost = failed == 0 ? "" : String.format(Locale.ROOT, ", %d unreadable", failed);
        say(
                String.format(
                        Locale.ROOT,
                        "%s%s in %.2f s (%.1f/s)%s%s",
                        taken,
                        pictures(done),
                        seconds,
                        done / seconds,
                        lost,
                        wrote));
        return failed == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
    }

    private static String pictures(long count) {
        return count == 1 ? "1 picture" : count + " pictures";
    }

    private void say(String text) {
        err().println("strider: " + Failures.oneLine(text));
        err().flush();
    }

    /** Everything that decides what the vectors are, a line each. */
    static String description(@Nullable Path model, ImageEmbedder embedder, boolean normalized)
            throws IOException {
        return String.join(
                "\n",
                "model: " + hash(model),
                "layer: " + Failures.oneLine(embedder.output()),
                "normalized: " + normalized,
                "pictures: " + embedder.preprocessing());
    }

    private static String hash(@Nullable Path model) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
        try (InputStream file =
                        model == null
                                ? Objects.requireNonNull(
                                        ImageEmbedder.class.getResourceAsStream(
                                                "face_recognition.onnx"))
                                : Files.newInputStream(model);
                DigestInputStream stream = new DigestInputStream(file, digest)) {
            stream.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
