package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
    @TempDir private Path folder;

    @BeforeEach
    void write() throws IOException {
        for (String name : List.of("astronaut-face", "astronaut-face-dark", "coffee")) {
            String file = name + ".png";
            try (InputStream stream =
                    CompareCommand.class.getResourceAsStream("photographs/" + file)) {
                Files.copy(stream, folder.resolve(file));
            }
        }
    }

    @Test
    void printsAndDrawsHowAlikePicturesAre() throws IOException {
        Path drawing = folder.resolve("alike.png");
        Run run =
                Run.of(
                                "compare",
                                "--picture",
                                drawing,
                                folder.resolve("astronaut-face.png"),
                                folder.resolve("astronaut-face-dark.png"),
                                folder.resolve("coffee.png"))
                        .isDone();
        List<String> lines = run.out().lines().filter(line -> line.contains(".png ")).toList();
        assertThat(lines).hasSize(3);
        double[] first =
                Arrays.stream(lines.getFirst().strip().split("\\s+"))
                        .skip(2)
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        assertThat(first).hasSize(3);
        assertThat(first[0]).isEqualTo(1);
        assertThat(first[1]).isBetween(0.98, 1.0);
        assertThat(first[2]).isBetween(0.8, 0.9);
        BufferedImage picture = ImageIO.read(drawing.toFile());
        assertThat(picture.getWidth()).isEqualTo(SimilarityPicture.size(3));
        assertThat(picture.getHeight()).isEqualTo(picture.getWidth());
        int alike = picture.getRGB(150, 150) & 0xffffff;
        int unlike = picture.getRGB(150, 350) & 0xffffff;
        assertThat(alike).isEqualTo(ColorScale.color(1));
        assertThat(unlike).isNotEqualTo(alike);
    }

    @Test
    void likenessIsTheCosineOfTheAngle() {
        double[][] matrix =
                Similarities.of(
                        List.of(
                                new float[] {3, 0},
                                new float[] {0, 2},
                                new float[] {-1, 0},
                                new float[] {1, 1},
                                new float[] {0, 0}));
        double[] expected = {1, 0, -1, Math.sqrt(0.5), 0};
        assertThat(matrix[0]).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-15));
        assertThat(matrix[4]).containsExactly(new double[5]);
    }

    @Test
    void badInputIsRefused() throws IOException {
        Path face = folder.resolve("astronaut-face.png");
        Run.of("compare", face).isRefused("<picture>");
        Run.of("compare", face, folder.resolve("none.png")).isRefused("none.png");
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        Run.of("compare", face, text).isRefused("text.png");
        Run.of("compare", "--picture", face, face, face).isRefused("--picture");
        Run.of("compare", "--layer", "nowhere", face, face).isRefused("nowhere");
        Object[] many = new Object[102];
        Arrays.fill(many, face);
        many[0] = "compare";
        Run.of(many).isRefused("101 pictures");
    }
}
