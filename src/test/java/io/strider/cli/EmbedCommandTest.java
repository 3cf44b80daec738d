package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.strider.embedding.ImageEmbedder;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.awt.Color;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class EmbedCommandTest {
    /** The mean of 70 whole numbers up to 255 and one division, in float32. */
    private static final float BOUND = 80 * Math.ulp(1f);

    @TempDir private Path folder;
    private Path model;

    @BeforeEach
    void model() throws IOException {
        model = Pictures.model(folder.resolve("mean.onnx"));
    }

    private Run embed(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("embed", "--model", model));
        all.addAll(Arrays.asList(arguments));
        return Run.of(all.toArray());
    }

    private Path picture(String name, int number) throws IOException {
        return Pictures.write(folder.resolve(name), 7, 10, Pictures.color(number));
    }

    private Path pictures(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            picture("many/%03d.png".formatted(i), i);
        }
        return folder.resolve("many");
    }

    private static void assertVector(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i])
                    .isCloseTo(expected[i], within(BOUND * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private static float[] numbers(JsonNode row) {
        float[] numbers = new float[row.get("embedding").size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) row.get("embedding").get(i).asDouble();
        }
        return numbers;
    }

    private static float[][] matrix(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Npy.read(file, arena);
            float[][] rows = new float[(int) tensor.size(0)][];
            Arrays.setAll(rows, i -> tensor.select(0, i).toArray());
            return rows;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif"})
    void theVectorIsTheNetworksScaledToOne(String format) throws IOException {
        Path file = picture("one." + format, 3);
        Run run = embed(file).isDone();
        JsonNode row = new ObjectMapper().readTree(run.out());
        assertThat(row.get("path").asString()).isEqualTo(file.toString());
        assertVector(numbers(row), Pictures.unit(Pictures.color(3)));
        assertThat(run.err()).contains("1 picture in");
    }

    @Test
    void aJpegIsReadUpToItsLosses() throws IOException {
        Run run = embed(picture("one.jpg", 3), "--no-normalize").isDone();
        float[] expected = Pictures.vector(Pictures.color(3));
        float[] actual = numbers(new ObjectMapper().readTree(run.out()));
        for (int i = 0; i < 3; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(4f));
        }
    }

    @Test
    void preprocessingIsWhatTheOptionsSay() throws IOException {
        Path file = Pictures.write(folder.resolve("one.png"), 7, 10, new Color(100, 50, 25));
        Run run =
                embed(
                                file,
                                "--no-normalize",
                                "--color=BGR",
                                "--mean=5,10,20",
                                "--std=2,4,8",
                                "--size=3x5",
                                "--crop=pad",
                                "--interpolation=nearest")
                        .isDone();
        // 7×10 fits into 3×5 as 3×4: of five columns one is black, and the Relu makes it 0.
        assertVector(
                numbers(new ObjectMapper().readTree(run.out())),
                new float[] {0.8f * 20 / 2, 0.8f * 40 / 4, 0.8f * 80 / 8});
    }

    @ParameterizedTest
    @CsvSource({
        "--size=7y10, --size",
        "--size=0, --size",
        "--crop=middle, --crop",
        "--mean=a, --mean",
        "--std=0, --std",
        "'--std=1,0,1', --std",
        "--color=CMYK, --color",
        "--interpolation=sharp, --interpolation",
        "'--mean=1,2', mean",
        "--layer=nowhere, nowhere",
        "--batch=0, --batch",
        "--threads=0, --threads",
        "--max-pixels=0, maxPixels",
        "--format=npy, --output",
        "--resume, --output",
        "--output=x.txt, --format"
    })
    void badOptionsAreNamed(String option, String word) throws IOException {
        Run run = embed(picture("one.png", 1), option).isRefused(word);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anInnerValueMayBeTheVector() throws IOException {
        Run run = embed(picture("one.png", 1), "--layer", "relu", "--no-normalize").isDone();
        assertThat(numbers(new ObjectMapper().readTree(run.out()))).hasSize(3 * 7 * 10);
    }

    @Test
    void npyHasAMatrixAndNames() throws IOException {
        Path odd = picture("odd\nname\\.png", 5);
        Path output = folder.resolve("out.npy");
        embed(pictures(11), odd, "--output", output).isDone();
        float[][] rows = matrix(output);
        assertThat(rows).hasNumberOfRows(12);
        for (int i = 0; i < 11; i++) {
            assertVector(rows[i], Pictures.unit(Pictures.color(i)));
        }
        assertVector(rows[11], Pictures.unit(Pictures.color(5)));
        List<String> names = Files.readAllLines(folder.resolve("out.names.txt"));
        assertThat(names).hasSize(12).endsWith(folder + "/odd\\nname\\\\.png");
        assertThat(names.getFirst()).isEqualTo(folder.resolve("many/000.png").toString());
        assertThat(folder.resolve("out.npy.part")).doesNotExist();
    }

    @Test
    void jsonLinesAndCsvHoldTheSame() throws IOException {
        Path odd = picture("a,\"b\".png", 5);
        Path lines = folder.resolve("out.jsonl");
        Path table = folder.resolve("out.csv");
        embed(pictures(5), odd, "--output", lines).isDone();
        embed(pictures(5), odd, "--output", table, "--format", "csv").isDone();
        List<String> json = Files.readAllLines(lines);
        List<String> csv = Files.readAllLines(table);
        assertThat(csv).hasSize(7).startsWith("path,0,1,2");
        assertThat(csv.getLast()).startsWith('"' + folder.toString() + "/a,\"\"b\"\".png\",");
        for (int i = 0; i < 6; i++) {
            JsonNode row = new ObjectMapper().readTree(json.get(i));
            String[] cells = csv.get(i + 1).split(",");
            float[] vector = numbers(row);
            for (int k = 0; k < 3; k++) {
                assertThat(Float.parseFloat(cells[cells.length - 3 + k])).isEqualTo(vector[k]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 8", "3, 2", "16, 8", "40, 3"})
    void theOrderIsThePathsWhateverTheThreads(int threads, int batch) throws IOException {
        Run run =
                embed(pictures(37), "--threads", threads, "--batch", batch, "--format=csv")
                        .isDone();
        List<String> rows = run.out().lines().toList();
        assertThat(rows).hasSize(38);
        for (int i = 0; i < 37; i++) {
            String[] cells = rows.get(i + 1).split(",");
            assertThat(cells[0]).endsWith("%03d.png".formatted(i));
            float[] vector = new float[3];
            for (int k = 0; k < 3; k++) {
                vector[k] = Float.parseFloat(cells[k + 1]);
            }
            assertVector(vector, Pictures.unit(Pictures.color(i)));
        }
    }

    @Test
    void unreadablePicturesAreReportedAndLeftOut() throws IOException {
        Path many = pictures(9);
        Files.write(many.resolve("003.png"), new byte[0]);
        byte[] whole = Files.readAllBytes(many.resolve("005.png"));
        Files.write(many.resolve("005.png"), Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(many.resolve("notes.txt"), "no picture, and not called one");
        Files.createSymbolicLink(many.resolve("zzz.png"), many.resolve("nowhere.png"));
        Path output = folder.resolve("out.npy");
        Run run = embed(many, folder.resolve("gone.png"), "--output", output, "--batch", 4);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err().lines())
                .hasSize(5)
                .anyMatch(line -> line.contains("003.png"))
                .anyMatch(line -> line.contains("005.png"))
                .anyMatch(line -> line.contains("zzz.png"))
                .anyMatch(line -> line.contains("gone.png"))
                .anyMatch(line -> line.contains("7 pictures") && line.contains("4 unreadable"));
        assertThat(Files.readAllLines(folder.resolve("out.names.txt")))
                .extracting(line -> Path.of(line).getFileName().toString())
                .containsExactly(
                        "000.png", "001.png", "002.png", "004.png", "006.png", "007.png",
                        "008.png");
        float[][] rows = matrix(output);
        assertThat(rows).hasNumberOfRows(7);
        assertVector(rows[3], Pictures.unit(Pictures.color(4)));
    }

    @Test
    void withoutOneReadablePictureTheMatrixIsEmpty() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.png"), "no picture");
        Path output = folder.resolve("out.npy");
        assertThat(embed(bad, "--output", output).code()).isEqualTo(3);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Npy.read(output, arena).shape()).containsExactly(0, 3);
        }
        assertThat(folder.resolve("out.names.txt")).isEmptyFile();
    }

    @Test
    void aPictureAboveTheLimitIsLeftOut() throws IOException {
        Path large = Pictures.write(folder.resolve("large.png"), 20, 10, Color.RED);
        Run run = embed(large, picture("small.png", 1), "--max-pixels", 100);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out().lines()).hasSize(1).allMatch(line -> line.contains("small.png"));
        assertThat(run.err()).contains("large.png");
    }

    @Test
    void anUnreadableFolderIsReported() throws IOException {
        Path closed = Files.createDirectories(folder.resolve("many/closed"));
        picture("many/closed/in.png", 1);
        Path many = pictures(2);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(closed)).as("not the superuser").isFalse();
            Run run = embed(many);
            assertThat(run.code()).isEqualTo(3);
            assertThat(run.err()).contains("closed");
            assertThat(run.out().lines()).hasSize(2);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void noPicturesAreRefused() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        embed(empty).isRefused("no pictures found");
    }

    @Test
    void filesThatAreReadAreNotWritten() throws IOException {
        Path picture = picture("one.png", 1);
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), model);
        Path other = Files.createSymbolicLink(folder.resolve("other.csv"), picture);
        var before = Run.snapshot(folder);
        embed(picture, "--output", picture, "--format", "csv").isRefused("one.png");
        embed(picture, "--output", other).isRefused("other.csv");
        embed(picture, "--output", link).isRefused("mean.onnx");
        embed(picture, "--output", folder.resolve("nowhere/x.csv")).isRefused("folder");
        embed(picture, "--output", folder, "--format", "csv").isRefused("directory");
        embed(picture, "--output", "/dev/null", "--format", "csv").isRefused("regular");
        assertThat(Run.snapshot(folder)).isEqualTo(before);
    }

    @Test
    void anUnfinishedRunIsGoneOnWithOnlyIfAsked() throws IOException {
        Path many = pictures(6);
        Path output = folder.resolve("out.csv");
        Path other = folder.resolve("other.csv");
        embed(many, "--output", other).isDone();
        unfinished(many, output, 4);
        embed(many, "--output", output).isRefused("--resume");
        embed(many, "--output", output, "--resume", "--no-normalize").isRefused("normalized");
        embed(many, "--output", output, "--resume", "--layer=relu").isRefused("layer");
        embed(many, "--output", output, "--resume", "--std=2").isRefused("pictures");
        Pictures.write(many.resolve("001.png"), 14, 20, Pictures.color(1)); // another file now
        Run run = embed(many, "--output", output, "--resume").isDone();
        assertThat(run.err()).contains("3 taken over, 3 pictures");
        assertThat(Files.readAllLines(output)).isEqualTo(Files.readAllLines(other));
        assertThat(folder.resolve("out.csv.part")).doesNotExist();
        assertThat(embed(many, "--output", output, "--resume").isDone().err())
                .contains("strider: 6 pictures");
    }

    /** Leaves the journal of a run that was killed when it had seen so many pictures. */
    private void unfinished(Path many, Path output, int count) throws IOException {
        try (ImageEmbedder embedder = ImageEmbedder.load(model);
                EmbeddingJournal journal =
                        EmbeddingJournal.open(
                                EmbeddingJournal.beside(output),
                                EmbedCommand.description(model, embedder, true),
                                false)) {
            for (int i = 0; i < count; i++) {
                PictureFile file = new PictureFile(many.resolve("%03d.png".formatted(i)));
                journal.append(file.key(), file.stamp(), embedder.embed(file.path()));
            }
        }
    }
}
