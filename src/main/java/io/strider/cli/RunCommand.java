package io.strider.cli;

import io.strider.blas.Workers;
import io.strider.graph.GraphInput;
import io.strider.graph.Session;
import io.strider.graph.Value;
import io.strider.onnx.OnnxNetwork;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Npy;
import io.strider.tensor.StagedFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strider run}: a network on arrays, from files to files. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Run an ONNX network on arrays in .npy files, or in ONNX's .pb files of one tensor.",
            "",
            "What comes out is described on standard output, and written as .npy where --output says"
                    + " so: all files or none."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = {
            "  strider run model.onnx --input image=x.npy --output embedding=y.npy",
            "  strider explain model.onnx     tells the names and sizes"
        })
final class RunCommand extends StriderCommand {
    @Parameters(paramLabel = "<model.onnx>", description = "The network.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path model;

    @Option(
            names = "--input",
            paramLabel = "<name=file>",
            converter = NamedFile.Converter.class,
            description =
                    "An input's elements, .npy or .pb; needed once for each input. The name may be"
                            + " left out if there is one.")
    private List<NamedFile> inputs = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "<name=file>",
            converter = NamedFile.Converter.class,
            description =
                    "Where an output goes, .npy; any value of the network may be named. The name may"
                            + " be left out if there is one output. Default: nothing is written.")
    private List<NamedFile> outputs = new ArrayList<>();

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            description = "How many threads compute. Default: as many as processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    int run() throws IOException {
        OutputFiles files = new OutputFiles();
        inputs.forEach(file -> files.addInput(new InputFile("--input", file.path())));
        for (NamedFile file : outputs) {
            files.addOutput("--output", file.path());
        }
        try (OnnxNetwork network = OnnxNetwork.load(model);
                Workers workers = Workers.of(threads);
                Arena arena = Arena.ofShared()) {
            Map<String, Path> wanted = wanted(network.graph().outputs());
            Session.Builder builder = Session.builder(network.graph()).workers(workers);
            if (!wanted.isEmpty()) {
                builder.outputs(wanted.keySet().toArray(String[]::new));
            }
            try (Session session = builder.build()) {
                Map<String, Value> results = session.run(read(session.inputs(), arena), arena);
                write(wanted, results);
                results.forEach(this::describe);
            }
        }
        return ExitCode.DONE;
    }

    /** The files of the outputs by name, in the order of the options. */
    private Map<String, Path> wanted(List<String> names) {
        Map<String, Path> wanted = new LinkedHashMap<>();
        for (NamedFile file : outputs) {
            if (file.name().isEmpty() && names.size() != 1) {
                throw badArguments(
                        "--output %s: no name (expected: name=file, for one of %s)"
                                .formatted(file.path(), names));
            }
            String name = file.name().isEmpty() ? names.getFirst() : file.name();
            if (wanted.putIfAbsent(name, file.path()) != null) {
                throw badArguments("--output %s: given twice".formatted(name));
            }
        }
        return wanted;
    }

    private Map<String, Value> read(List<GraphInput> expected, Arena arena) throws IOException {
        Map<String, Value> values = new LinkedHashMap<>();
        for (NamedFile file : inputs) {
            if (file.name().isEmpty() && expected.size() != 1) {
                throw badArguments(
                        "--input %s: no name (expected: name=file, for one of %s)"
                                .formatted(file.path(), expected));
            }
            GraphInput input =
                    expected.stream()
                            .filter(one -> file.name().isEmpty() || one.name().equals(file.name()))
                            .findFirst()
                            .orElseThrow(() ->
                                    badArguments(
                                            "--input %s: unknown (expected: one of %s)"
                                                    .formatted(file.name(), expected)));
            if (values.putIfAbsent(input.name(), read(input, file.path(), arena)) != null) {
                throw badArguments("--input %s: given twice".formatted(input.name()));
            }
        }
        return values;
    }

    private static Value read(GraphInput input, Path path, Arena arena) throws IOException {
        if (!path.toString().toLowerCase(Locale.ROOT).endsWith(".pb")
                && input.type() == ElementType.FLOAT32) {
            return new Value.Floats(new InputFile("--input", path).read(arena));
        }
        NdArray array = fitting(input, path, readArray(path));
        return array.type() == ElementType.FLOAT32
                ? new Value.Floats(array.toTensor(arena))
                : new Value.Numbers(array);
    }

    private static NdArray readArray(Path path) throws IOException {
        if (path.toString().toLowerCase(Locale.ROOT).endsWith(".pb")) {
            return OnnxNetwork.readTensor(path);
        }
        if (Files.isDirectory(path)) {
            throw new IOException(path + ": is a directory (expected: a file)");
        }
        long bytes = Files.size(path);
        Memory.require(path.toString(), bytes);
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(path))) {
            return Npy.readArray(stream, Math.max(1, bytes) * Long.BYTES);
        } catch (io.strider.tensor.NpyFormatException malformed) {
            throw new IOException(path + ": " + malformed.getMessage(), malformed);
        }
    }

    /** In the input's type, if no whole number is lost by that. */
    private static NdArray fitting(GraphInput input, Path path, NdArray array) {
        NdArray cast = array.cast(input.type());
        boolean floats = array.type().isFloating() && input.type().isFloating();
        if (!floats && !cast.cast(array.type()).equals(array)) {
            throw new IllegalArgumentException(
                    "--input %s: %s elements (expected: numbers of %s)"
                            .formatted(path, array.type(), input));
        }
        return cast;
    }

    private static void write(Map<String, Path> wanted, Map<String, Value> results)
            throws IOException {
        try (StagedFiles files = new StagedFiles()) {
            for (Map.Entry<String, Path> file : wanted.entrySet()) {
                Value value = Objects.requireNonNull(results.get(file.getKey()));
                files.stage(
                        file.getValue(),
                        stream -> {
                            switch (value) {
                                case Value.Floats floats -> Npy.write(stream, floats.tensor());
                                case Value.Numbers numbers -> Npy.write(stream, numbers.array());
                            }
                        });
            }
            files.commit();
        }
    }

    private void describe(String name, Value value) {
        NdArray array = value.array();
        String range = "";
        if (array.count() > 0) {
            double least = Double.POSITIVE_INFINITY;
            double greatest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < array.count(); i++) {
                least = Math.min(least, array.getDouble(i));
                greatest = Math.max(greatest, array.getDouble(i));
            }
            range = String.format(Locale.ROOT, ", from %.6g to %.6g", least, greatest);
        }
        out().printf(Locale.ROOT, "%s: %s%s%n", Failures.oneLine(name), value.type(), range);
    }
}
