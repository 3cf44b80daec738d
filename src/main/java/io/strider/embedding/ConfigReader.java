package io.strider.embedding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hugging Face's {@code preprocessor_config.json}; see {@link Preprocessing#fromConfig}. */
final class ConfigReader {
    private static final int MOST_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Beginnings of processor classes that read a size of one number as the shorter edge. */
    private static final List<String> SHORTER_EDGE =
            List.of(
                    "CLIP",
                    "ChineseCLIP",
                    "Bit",
                    "ConvNext",
                    "Levit",
                    "MobileNet",
                    "MobileViT",
                    "PoolFormer",
                    "VideoMAE",
                    "Vivit",
                    "TimmWrapper");

    /** Beginnings of processor classes that resize bicubically unless told otherwise. */
    private static final List<String> BICUBIC =
            List.of(
                    "CLIP",
                    "ChineseCLIP",
                    "Bit",
                    "Blip",
                    "Deit",
                    "DeiT",
                    "Siglip",
                    "Levit",
                    "PoolFormer",
                    "Perceiver");

    /** ConvNeXt crops what is smaller than this, and stretches to what is larger. */
    private static final int LEAST_STRETCHED = 384;

    private final String name;
    private final JsonNode config;
    private final String processor;
    private final Preprocessing.Builder builder = Preprocessing.builder();

    private ConfigReader(String name, JsonNode config) {
        this.name = name;
        this.config = config;
        JsonNode type = config.path("image_processor_type");
        processor = (type.isString() ? type : config.path("feature_extractor_type")).asString("");
    }

    static Preprocessing read(Path file) throws IOException {
        Objects.requireNonNull(file, "file");
        String name = file.toString();
        if (!Files.exists(file)) {
            throw new NoSuchFileException(name, null, "does not exist (expected: a JSON file)");
        }
        if (!Files.isRegularFile(file)) {
            throw new FileSystemException(name, null, "is not a file (expected: a JSON file)");
        }
        byte[] bytes;
        try (InputStream input = Files.newInputStream(file)) {
            bytes = input.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new PreprocessingFormatException(
                    name + ": more than " + MOST_BYTES + " bytes (expected: fewer)");
        }
        try {
            JsonNode config = MAPPER.readTree(bytes);
            if (!config.isObject()) {
                throw new PreprocessingFormatException(
                        name + ": no JSON object (expected: one, of preprocessing options)");
            }
            return new ConfigReader(name, config).read();
        } catch (JacksonException malformed) {
            throw new PreprocessingFormatException(
                    name + ": no JSON: " + malformed.getOriginalMessage(), malformed);
        }
    }

    private Preprocessing read() throws PreprocessingFormatException {
        if (flag("do_resize", present("size"))) {
            resize();
        }
        builder.interpolation(interpolation());
        if (flag("do_center_crop", present("crop_size"))) {
            JsonNode crop = config.path("crop_size");
            int[] size = crop.isNumber() ? square("crop_size", crop) : sides("crop_size", crop);
            builder.centerCrop(size[0], size[1]);
        }
        if (flag("do_rescale", true)) {
            builder.rescale(
                    present("rescale_factor")
                            ? number("rescale_factor", config.path("rescale_factor"))
                            : 1.0 / 255);
        }
        if (flag("do_normalize", present("image_mean"))) {
            builder.mean(numbers("image_mean"));
            builder.std(numbers("image_std"));
        }
        flag("do_convert_rgb", true); // pictures are always RGB here
        try {
            return builder.build();
        } catch (IllegalArgumentException refused) {
            throw new PreprocessingFormatException(
                    name + ": image_" + refused.getMessage(), refused);
        }
    }

    private void resize() throws PreprocessingFormatException {
        JsonNode size = config.path("size");
        if ((size.has("shortest_edge") && !size.has("longest_edge"))
                || (size.isNumber() && shorter())) {
            JsonNode edge = size.isNumber() ? size : size.path("shortest_edge");
            int pixels = side("size", edge);
            if (present("crop_pct")) {
                cropFraction(pixels);
            } else {
                builder.resize(Resizing.shorterEdge(pixels));
            }
            return;
        }
        int[] sides = size.isNumber() ? square("size", size) : sides("size", size);
        builder.resize(Resizing.stretch(sides[0], sides[1]));
    }

    /** ConvNeXt's way: the crop is a fraction of the resized picture. */
    private void cropFraction(int pixels) throws PreprocessingFormatException {
        if (pixels >= LEAST_STRETCHED) {
            builder.resize(Resizing.stretch(pixels, pixels));
            return;
        }
        JsonNode node = config.path("crop_pct");
        double fraction = number("crop_pct", node);
        if (!(fraction > 0 && fraction <= 1) || pixels / fraction > Resizing.MOST) {
            throw refused(
                    "crop_pct",
                    node,
                    "above 0, at most 1, the size divided by it at most " + Resizing.MOST);
        }
        builder.resize(Resizing.shorterEdge((int) (pixels / fraction)));
        builder.centerCrop(pixels, pixels);
    }

    private boolean shorter() {
        return SHORTER_EDGE.stream().anyMatch(processor::startsWith);
    }

    private Interpolation interpolation() throws PreprocessingFormatException {
        if (!present("resample")) {
            return BICUBIC.stream().anyMatch(processor::startsWith)
                    ? Interpolation.BICUBIC
                    : Interpolation.BILINEAR;
        }
        JsonNode code = config.path("resample");
        if (!code.isInt() || code.intValue() < 0 || code.intValue() > 5) {
            throw refused("resample", code, "a filter of Pillow's, 0 to 5");
        }
        return Interpolation.ofCode(code.intValue());
    }

    private boolean present(String key) {
        return config.hasNonNull(key);
    }

    private boolean flag(String key, boolean otherwise) throws PreprocessingFormatException {
        if (!present(key)) {
            return otherwise;
        }
        JsonNode value = config.path(key);
        if (!value.isBoolean()) {
            throw refused(key, value, "true or false");
        }
        return value.booleanValue();
    }

    private int[] square(String key, JsonNode value) throws PreprocessingFormatException {
        int side = side(key, value);
        return new int[] {side, side};
    }

    private int[] sides(String key, JsonNode value) throws PreprocessingFormatException {
        if (!value.has("height") || !value.has("width")) {
            throw refused(
                    key,
                    value,
                    key.equals("size")
                            ? "a number, {\"height\", \"width\"} or {\"shortest_edge\"}"
                            : "a number or {\"height\", \"width\"}");
        }
        return new int[] {side(key, value.path("height")), side(key, value.path("width"))};
    }

    private int side(String key, JsonNode value) throws PreprocessingFormatException {
        if (!value.isInt() || value.intValue() < 1 || value.intValue() > Resizing.MOST) {
            throw refused(key, value, "whole pixels, 1 to " + Resizing.MOST);
        }
        return value.intValue();
    }

    private double number(String key, JsonNode value) throws PreprocessingFormatException {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw refused(key, value, "a finite number");
        }
        return value.doubleValue();
    }

    private double[] numbers(String key) throws PreprocessingFormatException {
        JsonNode values = config.path(key);
        if (!values.isArray() || (values.size() != 1 && values.size() != Picture.CHANNELS)) {
            throw refused(key, values, "an array of three numbers");
        }
        double[] numbers = new double[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(key, values.path(i));
            if (key.equals("image_std") && numbers[i] == 0) {
                throw refused(key, values, "numbers that are not 0");
            }
        }
        return numbers;
    }

    private PreprocessingFormatException refused(
            String key, @Nullable JsonNode value, String expected) {
        String shown = value == null || value.isMissingNode() ? "missing" : value.toString();
        String cut = shown.length() > 200 ? shown.substring(0, 200) + "…" : shown;
        return new PreprocessingFormatException(
                "%s: %s: %s (expected: %s)".formatted(name, key, cut, expected));
    }
}
