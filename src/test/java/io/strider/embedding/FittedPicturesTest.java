package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.onnx.OnnxBuilder;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that are brought to the network's size in one place and normalised in another. */
class FittedPicturesTest {
    private static final long SEED = 17;

    private static List<Preprocessing> descriptions() {
        List<Preprocessing> all = new ArrayList<>();
        List<Resizing> ways =
                List.of(
                        Resizing.none(),
                        Resizing.stretch(7, 10),
                        Resizing.shorterEdge(9),
                        Resizing.longerEdge(11, 114));
        for (Resizing way : ways) {
            for (ChannelOrder order : ChannelOrder.values()) {
                for (Interpolation filter : Interpolation.values()) {
                    all.add(described(way, order, filter).build());
                    all.add(described(way, order, filter).centerCrop(6, 13).build());
                }
            }
        }
        return all;
    }

    private static Preprocessing.Builder described(
            Resizing way, ChannelOrder order, Interpolation filter) {
        return Preprocessing.builder()
                .resize(way)
                .order(order)
                .interpolation(filter)
                .rescale(1 / 255.0)
                .mean(0.4)
                .std(0.3);
    }

    private static Picture random(Random random, int height, int width) {
        byte[] rgb = new byte[3 * height * width];
        random.nextBytes(rgb);
        return Picture.of(height, width, rgb);
    }

    private static float[] applied(Preprocessing preprocessing, Picture picture) {
        ImageSize size = preprocessing.outputSize(picture);
        try (Arena arena = Arena.ofConfined()) {
            Tensor target =
                    Tensor.zeros(
                            arena,
                            MemoryFormat.CHANNELS_LAST,
                            1,
                            preprocessing.channels(),
                            size.height(),
                            size.width());
            preprocessing.apply(picture, target, 0);
            return target.toArray();
        }
    }

    @Test
    void fittingFirstGivesTheSameBits() {
        Random random = new Random(SEED);
        for (Preprocessing preprocessing : descriptions()) {
            for (Picture picture : List.of(random(random, 23, 31), random(random, 8, 5))) {
                Picture fitted = preprocessing.fit(picture);
                ImageSize size = preprocessing.outputSize(picture);
                assertThat(new ImageSize(fitted.height(), fitted.width())).isEqualTo(size);
                assertThat(preprocessing.outputSize(fitted)).isEqualTo(size);
                assertThat(applied(preprocessing, fitted))
                        .as("%s of %s, seed %s", preprocessing, picture, SEED)
                        .isEqualTo(applied(preprocessing, picture));
                assertThat(preprocessing.fit(fitted)).isSameAs(fitted);
            }
        }
    }

    @Test
    void anotherDescriptionTakesThemForAnyPicture() {
        Picture picture = random(new Random(SEED), 23, 31);
        Preprocessing first =
                Preprocessing.builder().resize(Resizing.shorterEdge(9)).centerCrop(6, 6).build();
        Preprocessing equal =
                Preprocessing.builder().resize(Resizing.shorterEdge(9)).centerCrop(6, 6).build();
        Picture fitted = first.fit(picture);
        Picture same = Picture.of(6, 6, fitted.toArray());
        assertThat(applied(equal, fitted)).isEqualTo(applied(equal, same));
        assertThat(applied(equal, fitted)).isNotEqualTo(applied(first, fitted));
    }

    @Test
    void roomIsAskedForBeforeAPictureIsDecoded() throws IOException {
        byte[] png;
        try (var stream =
                FittedPicturesTest.class.getResourceAsStream(
                        "/io/strider/cli/photographs/" + photograph())) {
            png = stream.readAllBytes();
        }
        ImageDecoder decoder = new ImageDecoder();
        List<Long> asked = new ArrayList<>();
        Picture picture = decoder.decode(png, "photograph", asked::add);
        assertThat(asked).containsExactly((long) picture.height() * picture.width());
        assertThatThrownBy(() ->
                        decoder.decode(
                                png,
                                "photograph",
                                _ -> {
                                    throw new IllegalStateException("no room");
                                }))
                .hasMessage("no room");
        ImageDecoder small = new ImageDecoder(new DecodingLimits(png.length, 100));
        assertThatThrownBy(() -> small.decode(png, "photograph"))
                .isInstanceOf(ImageTooLargeException.class);
        ImageDecoder few = new ImageDecoder(new DecodingLimits(png.length - 1, 1_000_000));
        assertThatThrownBy(() -> few.decode(png, "photograph"))
                .isInstanceOf(ImageTooLargeException.class);
        assertThatThrownBy(() -> few.decode(new byte[0], "nothing"))
                .isInstanceOf(ImageFormatException.class)
                .isNotInstanceOf(ImageTooLargeException.class);
    }

    private static String photograph() throws IOException {
        try (var stream =
                FittedPicturesTest.class.getResourceAsStream("face_recognition.expected.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void theTypesOfVectorsAreRememberedAndNotForEver(@TempDir Path folder) throws IOException {
        byte[] model =
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 3, "H", "W")
                        .node("GlobalAveragePool", List.of("x"), List.of("y"))
                        .node("Add", List.of("y", "y"), List.of("z"))
                        .output("z")
                        .toBytes();
        try (ImageEmbedder embedder =
                ImageEmbedder.builder()
                        .model(Files.write(folder.resolve("m.onnx"), model))
                        .preprocessing(Preprocessing.builder().build())
                        .output("y")
                        .allOutputs()
                        .memoryLimit(1 << 20)
                        .build()) {
            assertThat(embedder.session().outputs()).containsExactly("z", "y");
            OutputShapes shapes = new OutputShapes(embedder.session(), "x", "y", 3);
            for (int size = 1; size <= OutputShapes.MOST + 3; size++) {
                assertThat(shapes.get(2, new ImageSize(size, 1)).shape())
                        .containsExactly(2, 3, 1, 1);
            }
            assertThat(shapes.count()).isEqualTo(OutputShapes.MOST);
            float[] vector = embedder.embed(Picture.of(1, 1, new byte[] {3, 0, 4}));
            assertThat(vector).containsExactly(0.6f, 0, 0.8f);
        }
    }
}
