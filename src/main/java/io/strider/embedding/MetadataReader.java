package io.strider.embedding;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@code image.…} entries of a model's metadata; see {@link Preprocessing#fromMetadata}. */
final class MetadataReader {
    private static final String SIZE = "image.size";
    private static final String MEAN = "image.mean";
    private static final String STD = "image.std";
    private static final String COLOR = "image.color";
    private static final String CROP = "image.crop";
    private static final String INTERPOLATION = "image.interpolation";
    private static final String[] KEYS = {SIZE, MEAN, STD, COLOR, CROP, INTERPOLATION};

    /** Longer values are shortened in messages, and are none of ours. */
    private static final int MOST_CHARACTERS = 200;

    private final Map<String, String> metadata;
    private final Preprocessing.Builder builder = Preprocessing.builder();

    private MetadataReader(Map<String, String> metadata) {
        this.metadata = metadata;
    }

    static Optional<Preprocessing> read(Map<String, String> metadata)
            throws PreprocessingFormatException {
        Objects.requireNonNull(metadata, "metadata");
        for (String key : KEYS) {
            if (metadata.containsKey(key)) {
                return Optional.of(new MetadataReader(metadata).read());
            }
        }
        return Optional.empty();
    }

    private Preprocessing read() throws PreprocessingFormatException {
        if (metadata.get(SIZE) == null) {
            throw new PreprocessingFormatException(
                    SIZE + ": missing (expected: HEIGHTxWIDTH, as there are other image entries)");
        }
        entry(SIZE, value -> sizes(size(value)));
        entry(MEAN, value -> builder.mean(numbers(value)));
        entry(STD, value -> builder.std(numbers(value)));
        entry(COLOR, value -> builder.order(order(value)));
        entry(INTERPOLATION, value -> builder.interpolation(Interpolation.named(value)));
        try {
            return builder.build();
        } catch (IllegalArgumentException refused) {
            throw new PreprocessingFormatException("image." + refused.getMessage(), refused);
        }
    }

    /** Runs the reader of an entry, if it is there, and says of a refusal where it was met. */
    private void entry(String key, Consumer<String> reader) throws PreprocessingFormatException {
        String value = metadata.get(key);
        if (value == null) {
            return;
        }
        String shown =
                value.length() > MOST_CHARACTERS
                        ? value.substring(0, MOST_CHARACTERS) + "…"
                        : value;
        try {
            if (value.length() > MOST_CHARACTERS) {
                throw Checks.refused("at most %s characters are expected", MOST_CHARACTERS);
            }
            reader.accept(value.strip());
        } catch (IllegalArgumentException refused) {
            throw new PreprocessingFormatException(
                    "%s: \"%s\": %s".formatted(key, shown, refused.getMessage()), refused);
        }
    }

    private void sizes(ImageSize size) {
        @Nullable String stated = metadata.get(CROP);
        String crop = stated == null ? "none" : stated.strip().toLowerCase(Locale.ROOT);
        int height = size.height();
        int width = size.width();
        switch (crop) {
            case "none" -> builder.resize(Resizing.stretch(height, width));
            case "pad" -> builder.resize(new Resizing.Contain(height, width, 0));
            case "center" ->
                    builder.resize(new Resizing.Cover(height, width)).centerCrop(height, width);
            default -> {
                ImageSize cut;
                try {
                    cut = size(crop);
                } catch (IllegalArgumentException refused) {
                    throw new IllegalArgumentException(
                            CROP + ": \"" + crop + "\" (expected: none, center, pad or a size)",
                            refused);
                }
                builder.resize(new Resizing.Cover(height, width))
                        .centerCrop(cut.height(), cut.width());
            }
        }
    }

    private static ImageSize size(String value) {
        String[] words = value.toLowerCase(Locale.ROOT).split("x", -1);
        try {
            if (words.length <= 2) {
                return new ImageSize(
                        Integer.parseInt(words[0].strip()),
                        Integer.parseInt(words[words.length - 1].strip()));
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw Checks.refused("expected: HEIGHTxWIDTH or one number, in pixels");
    }

    private static double[] numbers(String value) {
        String[] words = value.split(",", -1);
        double[] numbers = new double[words.length];
        try {
            for (int i = 0; i < words.length; i++) {
                numbers[i] = Double.parseDouble(words[i].strip());
            }
        } catch (NumberFormatException _) {
            throw Checks.refused("expected: numbers that commas separate");
        }
        return numbers;
    }

    private static ChannelOrder order(String value) {
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "RGB" -> ChannelOrder.RGB;
            case "BGR" -> ChannelOrder.BGR;
            case "GRAY", "GREY" -> ChannelOrder.GRAY;
            default -> throw Checks.refused("expected: RGB, BGR or GRAY");
        };
    }
}
