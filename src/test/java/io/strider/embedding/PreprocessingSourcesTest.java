package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptions in ONNX metadata and in preprocessor_config.json. */
class PreprocessingSourcesTest {
    private static final String PLAIN = "(v · 1.0 − [0.0, 0.0, 0.0]) / [1.0, 1.0, 1.0]";
    private static final String BYTES =
            "(v · " + 1 / 255.0 + " − [0.0, 0.0, 0.0]) / [1.0, 1.0, 1.0]";

    @TempDir Path folder;

    private static Preprocessing metadata(String... entries) throws IOException {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i], entries[i + 1]);
        }
        return Preprocessing.fromMetadata(map).orElseThrow();
    }

    /** The entries of the packaged face network. */
    @Test
    void theFaceNetworksMetadata() throws IOException {
        Preprocessing face =
                metadata(
                        "image.size", "150x150",
                        "image.color", "RGB",
                        "image.mean", "122.782,117.001,104.298",
                        "image.std", "255,255,255",
                        "image.crop", "none",
                        "weights.licence", "public domain");
        assertThat(face)
                .hasToString(
                        "Stretch[height=150, width=150] BILINEAR, crop none, RGB, (v · 1.0 −"
                                + " [122.782, 117.001, 104.298]) / [255.0, 255.0, 255.0]");
        assertThat(Preprocessing.fromMetadata(Map.of("weights.licence", "CC0"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "224 | none | Stretch[height=224, width=224] BILINEAR, crop none",
                "20X30 | NONE | Stretch[height=20, width=30] BILINEAR, crop none",
                "20 x 30 | center | Cover[height=20, width=30] BILINEAR, crop 20×30",
                "20x30 | pad | Contain[height=20, width=30, fill=0] BILINEAR, crop none",
                "256 | 224 | Cover[height=256, width=256] BILINEAR, crop 224×224",
                "256 | 200x224 | Cover[height=256, width=256] BILINEAR, crop 200×224"
            })
    void sizesAndCrops(String size, String crop, String expected) throws IOException {
        assertThat(metadata("image.size", size, "image.crop", crop))
                .hasToString(expected + ", RGB, " + PLAIN);
    }

    @Test
    void colorsAndFilters() throws IOException {
        assertThat(metadata("image.size", "9", "image.color", "bgr").toString()).contains("BGR");
        Preprocessing grey = metadata("image.size", "9", "image.color", "gray", "image.mean", "3");
        assertThat(grey.channels()).isEqualTo(1);
        assertThat(metadata("image.size", "9", "image.interpolation", "bicubic").toString())
                .contains("BICUBIC");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image.size | 0x5 | size height: 0 (expected: 1 to 65535)",
                "image.size | 9x20000 | width: 20000 (expected: 1 to 16384)",
                "image.size | 3x4x5 | expected: HEIGHTxWIDTH or one number, in pixels",
                "image.size | large | expected: HEIGHTxWIDTH or one number, in pixels",
                "image.mean | 1,,2 | expected: numbers that commas separate",
                "image.mean | 1,2 | mean: 2 values (expected: 1 or 3, one for each channel)",
                "image.mean | NaN | mean: NaN (expected: a finite number)",
                "image.std | 0 | std: 0 (expected: not 0)",
                "image.color | CMYK | expected: RGB, BGR or GRAY",
                "image.crop | half | (expected: none, center, pad or a size)",
                "image.interpolation | sharp | \"sharp\" (expected: nearest, lanczos",
            })
    void badMetadataIsRefusedByName(String key, String value, String rule) {
        Map<String, String> map = new HashMap<>(Map.of("image.size", "8"));
        map.put(key, value);
        assertThatThrownBy(() -> Preprocessing.fromMetadata(map))
                .isInstanceOf(PreprocessingFormatException.class)
                .hasMessageContaining(rule)
                .hasMessageStartingWith("image.");
    }

    @Test
    void metadataNeedsASizeAndShortValues() {
        assertThatThrownBy(() -> metadata("image.mean", "3"))
                .isInstanceOf(PreprocessingFormatException.class)
                .hasMessageStartingWith("image.size: missing");
        assertThatThrownBy(() -> metadata("image.size", "1".repeat(100_000)))
                .isInstanceOf(PreprocessingFormatException.class)
                .message()
                .hasSizeLessThan(400);
    }

    private Preprocessing config(String json) throws IOException {
        Path file = folder.resolve("preprocessor_config.json");
        Files.writeString(file, json);
        return Preprocessing.fromConfig(file);
    }

    /** As published for google/vit-base-patch16-224. */
    @Test
    void aVisionTransformer() throws IOException {
        assertThat(
                        config(
                                """
                                {"do_normalize": true, "do_rescale": true, "do_resize": true,
                                 "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
                                 "image_processor_type": "ViTImageProcessor", "resample": 2,
                                 "rescale_factor": 0.00392156862745098,
                                 "size": {"height": 224, "width": 192}}
                                """))
                .hasToString(
                        "Stretch[height=224, width=192] BILINEAR, crop none, RGB, (v ·"
                                + " 0.00392156862745098 − [0.5, 0.5, 0.5]) / [0.5, 0.5, 0.5]");
    }

    /** As published for openai/clip-vit-base-patch32, in the old style and the new. */
    @Test
    void clip() throws IOException {
        String expected =
                "Cover[height=224, width=224] BICUBIC, crop 224×224, RGB, (v · "
                        + 1 / 255.0
                        + " − [0.48145466, 0.4578275, 0.40821073]) / [0.26862954, 0.26130258,"
                        + " 0.27577711]";
        String normalisation =
                "\"image_mean\": [0.48145466, 0.4578275, 0.40821073],"
                        + "\"image_std\": [0.26862954, 0.26130258, 0.27577711]";
        assertThat(
                        config(
                                "{\"crop_size\": 224, \"size\": 224, \"do_center_crop\": true,"
                                        + " \"do_resize\": true, \"do_normalize\": true,"
                                        + "\"feature_extractor_type\": \"CLIPFeatureExtractor\","
                                        + normalisation
                                        + "}"))
                .hasToString(expected);
        assertThat(
                        config(
                                "{\"crop_size\": {\"height\": 224, \"width\": 224}, \"resample\":"
                                        + " 3, \"size\": {\"shortest_edge\": 224},"
                                        + " \"do_convert_rgb\": true, \"unknown\": [1, {}],"
                                        + normalisation
                                        + "}"))
                .hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | None[] BILINEAR, crop none",
                "{\"size\": 50} | Stretch[height=50, width=50] BILINEAR, crop none",
                "{\"size\": 50, \"do_resize\": false} | None[] BILINEAR, crop none",
                "{\"size\": 50, \"image_processor_type\": \"BitImageProcessor\"}"
                        + " | Cover[height=50, width=50] BICUBIC, crop none",
                "{\"crop_size\": 5, \"do_center_crop\": false} | None[] BILINEAR, crop none",
                "{\"crop_size\": 5, \"resample\": 1} | None[] LANCZOS, crop 5×5",
                "{\"size\": {\"shortest_edge\": 224}, \"crop_pct\": 0.875}"
                        + " | Cover[height=256, width=256] BILINEAR, crop 224×224",
                "{\"size\": {\"shortest_edge\": 384}, \"crop_pct\": 0.875}"
                        + " | Stretch[height=384, width=384] BILINEAR, crop none"
            })
    void configurations(String json, String expected) throws IOException {
        assertThat(config(json)).hasToString(expected + ", RGB, " + BYTES);
    }

    @Test
    void rescalingAndNormalisationCanBeLeftOut() throws IOException {
        assertThat(
                        config(
                                "{\"do_rescale\": false, \"do_normalize\": false, \"image_mean\":"
                                        + " [9]}"))
                .hasToString("None[] BILINEAR, crop none, RGB, " + PLAIN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"size\": 0} | size: 0 (expected: whole pixels, 1 to 16384)",
                "{\"size\": 2.5} | size: 2.5 (expected: whole pixels",
                "{\"size\": {\"height\": 5}} | size: {\"height\":5} (expected: a number, {",
                "{\"size\": {\"height\": 5, \"width\": \"6\"}} | size: \"6\" (expected: whole",
                "{\"size\": {\"shortest_edge\": 9, \"longest_edge\": 12}} | (expected: a number",
                "{\"size\": {\"longest_edge\": 12}} | (expected: a number",
                "{\"do_resize\": true} | size: missing (expected: a number",
                "{\"do_resize\": 1} | do_resize: 1 (expected: true or false)",
                "{\"resample\": 6} | resample: 6 (expected: a filter of Pillow's, 0 to 5)",
                "{\"resample\": \"x\"} | resample: \"x\" (expected: a filter",
                "{\"crop_size\": {\"shortest_edge\": 5}} | crop_size: {\"shortest_edge\":5} (exp",
                "{\"crop_size\": 99999} | crop_size: 99999 (expected: whole pixels",
                "{\"rescale_factor\": \"1\"} | rescale_factor: \"1\" (expected: a finite number)",
                "{\"rescale_factor\": 1e999} | (expected: a finite number)",
                "{\"image_mean\": [1, 2]} | image_mean: [1,2] (expected: an array of three",
                "{\"image_mean\": [1, 2, 3]} | image_std: missing (expected: an array of three",
                "{\"image_mean\": [1], \"image_std\": [0]} | image_std: [0] (expected: numbers that",
                "{\"image_mean\": [1], \"image_std\": [1e-200]} | image_std[0]: 1.0E-200",
                "{\"do_convert_rgb\": \"yes\"} | do_convert_rgb: \"yes\" (expected: true or false)",
                "{\"size\": {\"shortest_edge\": 200}, \"crop_pct\": 0} | crop_pct: 0 (expected",
                "[1] | no JSON object",
                "{\"size\": | no JSON: "
            })
    void badConfigurationsAreRefusedByFileKeyAndValue(String json, String message) {
        assertThatThrownBy(() -> config(json))
                .isInstanceOf(PreprocessingFormatException.class)
                .hasMessageStartingWith(folder.resolve("preprocessor_config.json") + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void configurationsAreSmallFiles() throws IOException {
        assertThatThrownBy(() -> Preprocessing.fromConfig(folder))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is not a file");
        assertThatThrownBy(() -> Preprocessing.fromConfig(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> config("{\"a\": \"" + "x".repeat(1 << 20) + "\"}"))
                .isInstanceOf(PreprocessingFormatException.class)
                .hasMessageContaining("more than 1048576 bytes");
        assertThatThrownBy(() -> config("[".repeat(1 << 19)))
                .isInstanceOf(PreprocessingFormatException.class);
        assertThatThrownBy(() -> config("")).isInstanceOf(PreprocessingFormatException.class);
    }

    @Test
    void damagedConfigurationsAreRefusedOrHarmless() throws IOException {
        String good =
                "{\"crop_size\": {\"height\": 22, \"width\": 24}, \"resample\": 3, \"size\":"
                        + " {\"shortest_edge\": 24}, \"image_mean\": [0.5, 0.5, 0.5],"
                        + " \"image_std\": [0.5, 1e0, 0.5], \"do_rescale\": true}";
        int refusals = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            char[] damaged = good.toCharArray();
            for (int i = 0; i < 1 + seed % 3; i++) {
                damaged[random.nextInt(damaged.length)] = (char) (32 + random.nextInt(95));
            }
            try {
                assertThat(config(new String(damaged)).channels()).isEqualTo(3);
            } catch (PreprocessingFormatException refused) {
                refusals++;
            }
        }
        assertThat(refusals).isPositive();
    }
}
