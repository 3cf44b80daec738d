package io.strider.embedding;

import io.strider.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a network wants done to a picture: resizing, a crop from the middle, the order of the
 * channels, and for each value v, 0 to 255, of channel c
 *
 * <pre>
 *   (v · rescale − mean[c]) / std[c]
 * </pre>
 *
 * computed in double and rounded once. Padding is normalised like any pixel. It is described by a
 * {@link #builder}, by the metadata of an ONNX file ({@link #fromMetadata}) or by Hugging Face's
 * {@code preprocessor_config.json} ({@link #fromConfig}).
 *
 * <p>Immutable; many threads may apply one at the same time. {@link #apply} borrows its buffers
 * from a pool: once those have grown to the pictures' size, a call allocates nothing of weight.
 */
public final class Preprocessing {
    private static final int LEVELS = 256;

    private final Resizing resizing;
    private final Interpolation interpolation;
    private final @Nullable ImageSize crop;
    private final ChannelOrder order;
    private final double rescale;
    private final double[] mean;
    private final double[] std;

    /** {@link #LEVELS} normalised values for each channel. */
    private final float[] levels;

    private Preprocessing(Builder builder) {
        resizing = builder.resizing;
        interpolation = builder.interpolation;
        crop = builder.crop;
        order = builder.order;
        rescale = builder.rescale;
        int channels = order.channels();
        mean = perChannel("mean", builder.mean, channels);
        std = perChannel("std", builder.std, channels);
        levels = new float[channels * LEVELS];
        for (int c = 0; c < channels; c++) {
            for (int v = 0; v < LEVELS; v++) {
                float level = (float) ((v * rescale - mean[c]) / std[c]);
                if (!Float.isFinite(level)) {
                    throw Checks.refused(
                            "std[%s]: %s with rescale %s and mean %s (expected: finite values)",
                            c, std[c], rescale, mean[c]);
                }
                levels[c * LEVELS + v] = level;
            }
        }
    }

    private static double[] perChannel(String name, double[] values, int channels) {
        if (values.length != 1 && values.length != channels) {
            throw Checks.refused(
                    "%s: %s values (expected: 1 or %s, one for each channel)",
                    name, values.length, channels);
        }
        double[] result = new double[channels];
        Arrays.setAll(result, c -> values[values.length == 1 ? 0 : c]);
        return result;
    }

    /** A description that, so far, changes nothing: no resizing, RGB, values 0 to 255. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads the entries of a model's metadata whose names begin with {@code image.}:
     *
     * <ul>
     *   <li>{@code image.size}: {@code HEIGHTxWIDTH}, or one number for both. Needed if there are
     *       others.
     *   <li>{@code image.crop}: {@code none} (the default): the picture is stretched to the size;
     *       {@code center}: it is resized to cover the size, and the size cut from its middle;
     *       {@code pad}: it is resized to fit into the size and padded with black; {@code
     *       HEIGHTxWIDTH} or one number: it is resized to cover the size, and this cut from its
     *       middle.
     *   <li>{@code image.mean}, {@code image.std}: in units of the pixels, 0 to 255: numbers that
     *       commas separate, one or one for each channel, in the channels' order; 0 and 1 by
     *       default.
     *   <li>{@code image.color}: {@code RGB} (the default), {@code BGR} or {@code GRAY}.
     *   <li>{@code image.interpolation}: {@code bilinear} (the default), {@code bicubic}, {@code
     *       lanczos}, {@code box}, {@code hamming} or {@code nearest}.
     * </ul>
     *
     * Letters may be of either case. Other entries are ignored.
     *
     * @param metadata of the model; not modified
     * @return nothing if there is no entry of these
     * @throws PreprocessingFormatException if a value is bad; the message names the entry, the
     *     value and the rule
     */
    public static Optional<Preprocessing> fromMetadata(Map<String, String> metadata)
            throws PreprocessingFormatException {
        return MetadataReader.read(metadata);
    }

    /**
     * Reads a {@code preprocessor_config.json} of Hugging Face's transformers: {@code do_resize},
     * {@code size} (a number, {@code height} and {@code width}, or {@code shortest_edge}), {@code
     * resample}, {@code crop_pct}, {@code do_center_crop}, {@code crop_size}, {@code do_rescale},
     * {@code rescale_factor}, {@code do_normalize}, {@code image_mean}, {@code image_std}, {@code
     * do_convert_rgb}. Unknown keys are ignored. A step whose {@code do_…} is missing is done if
     * its numbers are there, rescaling always. A size of one number means the shorter edge or a
     * square as the named processor class reads it; so does the default of {@code resample}.
     *
     * @param file at most 1 MiB of JSON
     * @throws PreprocessingFormatException if it is no JSON object or a value is bad; the message
     *     names the file, the key, the value and the rule
     * @throws IOException if the file cannot be read
     */
    public static Preprocessing fromConfig(Path file) throws IOException {
        return ConfigReader.read(file);
    }

    /** How many channels the network sees: 3, or 1 for {@link ChannelOrder#GRAY}. */
    public int channels() {
        return order.channels();
    }

    /** The size of the output, where it does not depend on the picture. */
    public Optional<ImageSize> fixedSize() {
        return switch (resizing) {
            case _ when crop != null -> Optional.of(crop);
            case Resizing.Stretch(int height, int width) ->
                    Optional.of(new ImageSize(height, width));
            case Resizing.Contain(int height, int width, int _) ->
                    Optional.of(new ImageSize(height, width));
            case Resizing.Cover _, Resizing.None _ -> Optional.empty();
        };
    }

    /**
     * The size of the output for a picture.
     *
     * @throws IllegalArgumentException if it is larger than {@link ImageSize} allows
     */
    public ImageSize outputSize(Picture picture) {
        return placement(picture).output();
    }

    private Placement placement(Picture picture) {
        return picture.isFittedBy(this)
                ? Placement.of(picture.height(), picture.width(), Resizing.none(), null)
                : Placement.of(picture.height(), picture.width(), resizing, crop);
    }

    /**
     * Resizes and crops a picture, as {@link #apply} does first: what comes out is of {@link
     * #outputSize}, 8 bits a value, and as a rule much smaller. Applying this description to the
     * result gives the same bits as applying it to the picture. Other descriptions, equal ones too,
     * take the result for any picture.
     *
     * @param picture not modified
     * @throws IllegalArgumentException if the output is larger than {@link ImageSize} allows
     */
    public Picture fit(Picture picture) {
        Objects.requireNonNull(picture, "picture");
        if (picture.isFittedBy(this)) {
            return picture;
        }
        Placement placement = placement(picture);
        ImageSize size = placement.output();
        try (PixelBuffers.Loan loan = PixelBuffers.borrow()) {
            byte[] pixels = loan.buffers().pixels(picture, placement, interpolation);
            return Picture.fitted(size, owned(pixels, picture, size), this);
        }
    }

    /** The picture's own array, which nobody writes, or a copy of a buffer. */
    @SuppressWarnings({"ArrayEquality", "ReferenceEquality"}) // it is the same one
    private static byte[] owned(byte[] pixels, Picture picture, ImageSize size) {
        return pixels == picture.values()
                ? pixels
                : Arrays.copyOf(pixels, size.height() * size.width() * Picture.CHANNELS);
    }

    /**
     * Writes a picture into image number {@code image} of a batch; the others are not touched. Any
     * strides will do; quickest are those of {@link io.strider.tensor.MemoryFormat#CHANNELS_LAST}.
     *
     * @param picture not modified
     * @param target N×C×H×W with C = {@link #channels} and H×W = {@link #outputSize}
     * @param image 0 to N − 1
     * @throws IllegalArgumentException if the target has another shape, is read-only or overlaps
     *     itself
     * @throws IndexOutOfBoundsException if there is no such image
     * @throws IllegalStateException if the target's arena has been closed
     */
    public void apply(Picture picture, Tensor target, long image) {
        Objects.requireNonNull(picture, "picture");
        Objects.requireNonNull(target, "target");
        Placement placement = placement(picture);
        ImageSize size = placement.output();
        if (target.rank() != 4
                || target.size(1) != channels()
                || target.size(2) != size.height()
                || target.size(3) != size.width()) {
            throw Checks.refused(
                    "target: shape %s (expected: [N, %s, %s, %s])",
                    target.shape(), channels(), size.height(), size.width());
        }
        Objects.checkIndex(image, target.size(0));
        target.requireWritable("target");
        try (PixelBuffers.Loan loan = PixelBuffers.borrow()) {
            PixelBuffers buffers = loan.buffers();
            byte[] pixels = buffers.pixels(picture, placement, interpolation);
            buffers.rows(pixels, size, order, levels).writeTo(target.select(0, image));
        }
    }

    /** All of it, for logs and for {@code explain}. */
    @Override
    public String toString() {
        return "%s %s, crop %s, %s, (v · %s − %s) / %s"
                .formatted(
                        resizing,
                        interpolation,
                        crop == null ? "none" : crop,
                        order,
                        rescale,
                        Arrays.toString(mean),
                        Arrays.toString(std));
    }

    /** Collects a description. For one thread. */
    public static final class Builder {
        private Resizing resizing = Resizing.none();
        private Interpolation interpolation = Interpolation.BILINEAR;
        private @Nullable ImageSize crop;
        private ChannelOrder order = ChannelOrder.RGB;
        private double rescale = 1;
        private double[] mean = {0};
        private double[] std = {1};

        private Builder() {}

        /** To what size pictures are brought; unless it is said, they keep theirs. */
        public Builder resize(Resizing way) {
            resizing = Objects.requireNonNull(way, "way");
            return this;
        }

        /** How; {@link Interpolation#BILINEAR} unless it is said. */
        public Builder interpolation(Interpolation filter) {
            interpolation = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /**
         * Cuts this size from the middle of the resized picture, the odd pixel staying below and to
         * the right; where the picture is smaller it is padded with black.
         *
         * @throws IllegalArgumentException unless both are 1 to {@value Resizing#MOST}
         */
        public Builder centerCrop(int height, int width) {
            Checks.range("height", height, 1, Resizing.MOST);
            Checks.range("width", width, 1, Resizing.MOST);
            crop = new ImageSize(height, width);
            return this;
        }

        /** What the channels are; {@link ChannelOrder#RGB} unless it is said. */
        public Builder order(ChannelOrder channels) {
            order = Objects.requireNonNull(channels, "channels");
            return this;
        }

        /**
         * What values are multiplied with first, 1 unless it is said.
         *
         * @throws IllegalArgumentException unless finite
         */
        public Builder rescale(double factor) {
            finite("factor", factor);
            rescale = factor;
            return this;
        }

        /**
         * What is subtracted, one value or one for each channel in the network's order; 0 unless it
         * is said.
         *
         * @throws IllegalArgumentException unless finite
         */
        public Builder mean(double... values) {
            mean = values.clone();
            for (double value : mean) {
                finite("mean", value);
            }
            return this;
        }

        /**
         * What the difference is divided by, one value or one for each channel; 1 unless it is
         * said.
         *
         * @throws IllegalArgumentException unless finite and not 0
         */
        public Builder std(double... values) {
            std = values.clone();
            for (double value : std) {
                finite("std", value);
                if (value == 0) {
                    throw Checks.refused("std: 0 (expected: not 0)");
                }
            }
            return this;
        }

        private static void finite(String name, double value) {
            if (!Double.isFinite(value)) {
                throw Checks.refused("%s: %s (expected: a finite number)", name, value);
            }
        }

        /**
         * The description.
         *
         * @throws IllegalArgumentException if mean or std do not have one value or one for each
         *     channel, or if a normalised value would not be finite in float
         */
        public Preprocessing build() {
            return new Preprocessing(this);
        }
    }
}
