/**
 * Pictures become what a network sees.
 *
 * <p>{@link io.strider.embedding.ImageDecoder} turns the bytes of a JPEG, PNG, WebP, GIF or BMP
 * file into a {@link io.strider.embedding.Picture}, and {@link io.strider.embedding.Preprocessing}
 * turns that into one image of a batch: resized, cropped, its channels ordered and its values
 * normalised, as the model's metadata, a {@code preprocessor_config.json} or the caller say.
 *
 * {@snippet :
 * var decoder = new ImageDecoder(new DecodingLimits(16 << 20, 50_000_000));
 * var preprocessing =
 *         Preprocessing.builder()
 *                 .resize(Resizing.shorterEdge(256))
 *                 .centerCrop(224, 224)
 *                 .rescale(1 / 255.0)
 *                 .mean(0.485, 0.456, 0.406)
 *                 .std(0.229, 0.224, 0.225)
 *                 .build();
 * try (Arena arena = Arena.ofConfined()) {
 *     Tensor batch = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, files.size(), 3, 224, 224);
 *     for (int i = 0; i < files.size(); i++) {
 *         preprocessing.apply(decoder.decode(files.get(i)), batch, i);
 *     }
 * }
 * }
 *
 * <p>The measure of every step is Pillow, with which most networks were trained: decoding gives its
 * {@code convert("RGB")}, {@link io.strider.embedding.Resize} its {@code Image.resize}, to the bit
 * where the description does not say otherwise.
 *
 * <p>Rules that hold everywhere in the package:
 *
 * <ul>
 *   <li>Heights stand before widths, rows before columns.
 *   <li>Files are input from outside. Their sizes are compared with {@link
 *       io.strider.embedding.DecodingLimits} before memory is taken; what is malformed is an {@link
 *       io.strider.embedding.ImageFormatException} or a {@link
 *       io.strider.embedding.PreprocessingFormatException}, both of them {@link
 *       java.io.IOException}s that name the file, the value and the rule. Bad arguments are {@link
 *       java.lang.IllegalArgumentException}s.
 *   <li>Everything public is immutable and may be used from many threads at once.
 * </ul>
 */
@NullMarked
package io.strider.embedding;

import org.jspecify.annotations.NullMarked;
