package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir private Path folder;

    @Test
    void runsChecksTimesAndDraws() throws IOException {
        Path file = folder.resolve("maps.png");
        Run run =
                Run.of("demo", "--output", file, "--similarity", folder.resolve("alike.png"))
                        .isDone();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "1×3×150×150 ∗ 32×3×7×7, stride 2×2 → 1×32×72×72",
                        "GFLOP/s",
                        "8 photographs",
                        "become 128 numbers",
                        "Drawn: " + folder.resolve("alike.png"),
                        "1200×418 pixels: " + file,
                        "strider check")
                .doesNotContain("WRONG", "NaN", "Infinity");
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture.getWidth()).isEqualTo(1200).isEqualTo(FeatureMaps.width(32));
        assertThat(picture.getHeight()).isEqualTo(418).isEqualTo(FeatureMaps.height(32));
        for (int map = 0; map < 32; map++) {
            Set<Integer> colors = new HashSet<>();
            int left = 418 + map % 8 * 96;
            int top = 20 + map / 8 * 96;
            for (int i = 0; i < 90 * 90; i++) {
                colors.add(picture.getRGB(left + i % 90, top + i / 90));
            }
            assertThat(colors).as("colours of map %d", map).hasSizeGreaterThan(200);
        }
    }

    @Test
    void wrongResultsAreSaidAndFail() throws IOException {
        GoldenCases cases =
                new GoldenCases(path -> {
                    var packaged = GoldenCases.class.getResourceAsStream("golden/" + path);
                    if (packaged == null || !path.equals("face-conv1/b.npy")) {
                        return packaged;
                    }
                    byte[] bytes = packaged.readAllBytes();
                    bytes[bytes.length - 2] ^= 0x40; // another last bias
                    return new ByteArrayInputStream(bytes);
                });
        Run run =
                Run.with(
                        cases,
                        "demo",
                        "--output",
                        folder.resolve("maps.png"),
                        "--similarity",
                        folder.resolve("alike.png"));
        run.fails(1, "demo failed");
        assertThat(run.out()).containsPattern("y +the feature maps .*WRONG");
    }

    @Test
    void thePhotographIsTheNetworksInput() throws IOException {
        BufferedImage photograph = Photograph.read(GoldenCases.packaged());
        assertThat(photograph.getWidth()).isEqualTo(150);
        assertThat(photograph.getHeight()).isEqualTo(150);
    }

    @Test
    void anExistingPictureIsReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("maps.png"), "old");
        Path alike = Files.writeString(folder.resolve("alike.png"), "old");
        Run.of("demo", "--output", file, "--similarity", alike).isDone();
        assertThat(ImageIO.read(file.toFile())).isNotNull();
        assertThat(ImageIO.read(alike.toFile()).getWidth()).isEqualTo(SimilarityPicture.size(8));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, alike);
        }
    }
}
