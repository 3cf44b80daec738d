package io.strider.cli;

import io.strider.embedding.Preprocessing;
import io.strider.embedding.PreprocessingFormatException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How pictures are prepared, where the model's own word is not to count. A mixin. */
final class PreprocessingOptions {
    private static final String PREFIX = "image.";
    private static final String SIZE = "size";

    @Option(
            names = "--size",
            paramLabel = "<HxW>",
            description = {
                "What the network sees, in pixels: 224x320, height first, or one number.",
                "Default: as the model says, in its metadata or in the preprocessor_config.json"
                        + " beside it. With any of these six options that file is not read, and"
                        + " --size is needed unless the metadata have it."
            })
    private @Nullable String size;

    @Option(
            names = "--crop",
            paramLabel = "<way>",
            description = {
                "none: the picture is stretched to the size; center: it covers the size, which is"
                        + " cut from its middle; pad: it fits into the size, black around it; a size:"
                        + " it covers --size, and this is cut from its middle.",
                "Default: as the model says, else none."
            })
    private @Nullable String crop;

    @Option(
            names = "--mean",
            paramLabel = "<m,m,m>",
            description =
                    "What is subtracted from the channels, 0 to 255. Default: as the model says, else"
                            + " 0.")
    private @Nullable String mean;

    @Option(
            names = "--std",
            paramLabel = "<s,s,s>",
            description =
                    "What the channels are divided by then. Default: as the model says, else 1.")
    private @Nullable String std;

    @Option(
            names = "--color",
            paramLabel = "<order>",
            description = "RGB, BGR or GRAY. Default: as the model says, else RGB.")
    private @Nullable String color;

    @Option(
            names = "--interpolation",
            paramLabel = "<filter>",
            description =
                    "bilinear, bicubic, lanczos, box, hamming or nearest. Default: as the model says,"
                            + " else bilinear.")
    private @Nullable String interpolation;

    /**
     * What was said, as entries of a model's metadata.
     *
     * @throws IllegalArgumentException if a value is bad; the message names the option
     */
    Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        put(entries, SIZE, size);
        put(entries, "crop", crop);
        put(entries, "color", color);
        put(entries, "mean", mean);
        put(entries, "std", std);
        put(entries, "interpolation", interpolation);
        return entries;
    }

    private static void put(Map<String, String> entries, String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        entries.put(PREFIX + name, value);
        Map<String, String> alone = new LinkedHashMap<>(entries);
        alone.putIfAbsent(PREFIX + SIZE, "1");
        // How many there are depends on the model's colours, which are not known here.
        alone.computeIfPresent(PREFIX + "mean", (_, numbers) -> one(name, "mean", numbers));
        alone.computeIfPresent(PREFIX + "std", (_, numbers) -> one(name, "std", numbers));
        try {
            Preprocessing.fromMetadata(alone);
        } catch (PreprocessingFormatException bad) {
            throw new IllegalArgumentException(
                    String.valueOf(bad.getMessage()).replace(PREFIX, "--"), bad);
        }
    }

    /** Numbers that are all right for themselves, of which one is enough. */
    private static String one(String checked, String name, String numbers) {
        if (!checked.equals(name)) {
            return "1";
        }
        String first = "1";
        for (String number : numbers.split(",", -1)) {
            try {
                double value = Double.parseDouble(number.strip());
                first = number;
                if (!Double.isFinite(value) || (value == 0 && name.equals("std"))) {
                    return number;
                }
            } catch (NumberFormatException _) {
                return number;
            }
        }
        return first;
    }
}
