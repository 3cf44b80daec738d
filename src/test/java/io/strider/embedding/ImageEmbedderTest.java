package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Workers;
import io.strider.onnx.OnnxBuilder;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in, vectors out. */
public class ImageEmbedderTest {
    private static ImageEmbedder faces;
    private static List<byte[]> photographs;

    @BeforeAll
    static void load() throws IOException {
        faces = ImageEmbedder.builder().normalized(false).build();
        photographs = new ArrayList<>();
        for (String name : names()) {
            photographs.add(bytes("/io/strider/cli/photographs/" + name));
        }
    }

    @AfterAll
    static void close() {
        faces.close();
    }

    private static List<String> names() throws IOException {
        byte[] text = bytes("face_recognition.expected.txt");
        return new String(text, StandardCharsets.UTF_8).lines().toList();
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream stream = ImageEmbedderTest.class.getResourceAsStream(resource)) {
            return stream.readAllBytes();
        }
    }

    private static List<Picture> pictures() throws IOException {
        List<Picture> pictures = new ArrayList<>();
        for (byte[] photograph : photographs) {
            pictures.add(new ImageDecoder().decode(photograph, "photograph"));
        }
        return pictures;
    }

    @Test
    void thePackagedModelGivesTheExpectedVectors() throws IOException {
        try (Arena arena = Arena.ofConfined();
                InputStream stream =
                        ImageEmbedderTest.class.getResourceAsStream(
                                "face_recognition.expected.npy")) {
            Tensor expected = Npy.read(stream, arena, 1 << 20);
            List<float[]> vectors = faces.embed(pictures());
            assertThat(vectors).hasSize(8);
            for (int i = 0; i < vectors.size(); i++) {
                assertNear(names().get(i), vectors.get(i), expected.select(0, i).toArray());
                assertNear(
                        names().get(i),
                        faces.embed(photographs.get(i)),
                        expected.select(0, i).toArray());
            }
        }
    }

    /** Within 1e-4 of the largest magnitude. */
    private static void assertNear(String name, float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("%s, element %s", name, i)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-4 * largest));
        }
    }

    @Test
    void vectorsHaveLengthOneUnlessToldOtherwise() throws IOException {
        try (ImageEmbedder embedder = ImageEmbedder.ofFaces()) {
            assertThat(embedder.dimensions()).isEqualTo(128);
            float[] unit = embedder.embed(photographs.getFirst());
            float[] raw = faces.embed(photographs.getFirst());
            double length = 0;
            for (float value : raw) {
                length += (double) value * value;
            }
            length = Math.sqrt(length);
            for (int i = 0; i < unit.length; i++) {
                assertThat(unit[i]).isEqualTo((float) (raw[i] / length));
            }
        }
    }

    @Test
    void theSameBatchGivesTheSameBitsWhoeverComputes() throws IOException {
        List<Picture> pictures = pictures();
        List<float[]> expected = faces.embed(pictures);
        try (Workers workers = Workers.of(3);
                ImageEmbedder shared =
                        ImageEmbedder.builder().normalized(false).workers(workers).build();
                ImageEmbedder alone =
                        ImageEmbedder.builder().normalized(false).callerComputes(1).build()) {
            assertThat(shared.embed(pictures)).containsExactlyElementsOf(expected);
            assertThat(alone.embed(pictures)).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void manyThreadsEmbedAtOnce() throws Exception {
        Picture picture = pictures().getFirst();
        float[] expected = faces.embed(picture);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<float[]>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                calls.add(() -> faces.embed(picture));
            }
            for (Future<float[]> call : callers.invokeAll(calls)) {
                assertThat(call.get()).isEqualTo(expected);
            }
        }
    }

    /** y = x pooled over its pixels; z = y twice. */
    private static OnnxBuilder pooling() {
        return new OnnxBuilder()
                .opset(17)
                .input("x", "N", 3, "H", "W")
                .node("GlobalAveragePool", List.of("x"), List.of("y"))
                .node("Add", List.of("y", "y"), List.of("z"))
                .output("z");
    }

    @Test
    void picturesOfDifferentSizesAndInnerLayers(@TempDir Path folder) throws IOException {
        Path model = Files.write(folder.resolve("m.onnx"), pooling().toBytes());
        Preprocessing plain = Preprocessing.builder().build();
        Picture small =
                Picture.of(2, 3, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        Picture large = Picture.of(1, 1, new byte[] {10, 20, 30});
        List<Picture> pictures = List.of(small, small, large, small);
        try (ImageEmbedder pooled =
                        ImageEmbedder.builder()
                                .model(model)
                                .preprocessing(plain)
                                .output("y")
                                .normalized(false)
                                .build();
                ImageEmbedder twice =
                        ImageEmbedder.builder()
                                .model(model)
                                .preprocessing(plain)
                                .normalized(false)
                                .maxBatch(1)
                                .build()) {
            assertThat(pooled.output()).isEqualTo("y");
            List<float[]> vectors = pooled.embed(pictures);
            assertThat(vectors.get(0)).containsExactly(4, 5, 6);
            assertThat(vectors.get(2)).containsExactly(10, 20, 30);
            assertThat(vectors.get(3)).containsExactly(4, 5, 6);
            assertThat(twice.embed(pictures).get(2)).containsExactly(20, 40, 60);
            assertThatIllegalArgumentException().isThrownBy(pooled::dimensions);
        }
    }

    @Test
    void howPicturesArePreparedMustBeTold(@TempDir Path folder) throws IOException {
        Path model = Files.write(folder.resolve("m.onnx"), pooling().toBytes());
        assertThatThrownBy(() -> ImageEmbedder.load(model))
                .isInstanceOf(PreprocessingFormatException.class)
                .hasMessageContaining("preprocessor_config.json");
        Files.writeString(
                folder.resolve("preprocessor_config.json"),
                "{\"size\": {\"height\": 4, \"width\": 6}, \"do_normalize\": false}");
        try (ImageEmbedder embedder = ImageEmbedder.load(model)) {
            assertThat(embedder.preprocessing().fixedSize()).contains(new ImageSize(4, 6));
            assertThat(embedder.dimensions()).isEqualTo(3);
        }
        byte[] told = pooling().metadata("image.size", "8x9").toBytes();
        try (ImageEmbedder embedder = ImageEmbedder.load(Files.write(model, told))) {
            assertThat(embedder.preprocessing().fixedSize()).contains(new ImageSize(8, 9));
        }
    }

    @Test
    void modelsThatTakeNoPicturesAreRefused(@TempDir Path folder) throws IOException {
        byte[] flat =
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 5)
                        .node("Relu", List.of("x"), List.of("y"))
                        .output("y")
                        .metadata("image.size", "8")
                        .toBytes();
        Path model = Files.write(folder.resolve("flat.onnx"), flat);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageEmbedder.load(model))
                .withMessageContaining("N×3×H×W");
        Path faceless = Files.write(folder.resolve("m.onnx"), pooling().toBytes());
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ImageEmbedder.builder()
                                .model(faceless)
                                .preprocessing(Preprocessing.builder().build())
                                .output("nowhere")
                                .build())
                .withMessageContaining("nowhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ImageEmbedder.builder()
                                .preprocessing(
                                        Preprocessing.builder()
                                                .resize(Resizing.stretch(10, 10))
                                                .build())
                                .build())
                .withMessageContaining("150");
    }

    @Test
    void damagedPicturesAndBadOptionsAreRefused() {
        assertThatThrownBy(() -> faces.embed(new byte[100]))
                .isInstanceOf(ImageFormatException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> ImageEmbedder.builder().maxBatch(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageEmbedder.builder().callerComputes(0));
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsRefused() throws IOException {
        ImageEmbedder embedder = ImageEmbedder.ofFaces();
        embedder.embed(photographs.getFirst());
        embedder.close();
        embedder.close();
        assertThatThrownBy(() -> embedder.embed(photographs.getFirst()))
                .isInstanceOf(IllegalStateException.class);
    }
}
