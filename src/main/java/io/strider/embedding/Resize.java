package io.strider.embedding;

import java.util.Objects;

/**
 * Pictures of another size, equal to what Pillow's {@code Image.resize} makes of RGB pictures:
 * separable, antialiased, in fixed point with rounding to 8 bits between the passes (see {@link
 * Interpolation} for the filters). Thread-safe.
 */
public final class Resize {
    private Resize() {}

    /**
     * Resizes a whole picture; the aspect ratio may change.
     *
     * @param picture not modified
     * @param height rows of the result, 1 to 65535
     * @param width columns of the result, 1 to 65535
     * @return the same picture if it has that size already
     * @throws IllegalArgumentException if the size is out of range
     */
    public static Picture to(Picture picture, int height, int width, Interpolation interpolation) {
        Objects.requireNonNull(picture, "picture");
        Objects.requireNonNull(interpolation, "interpolation");
        Checks.size("target", height, width);
        if (height == picture.height() && width == picture.width()) {
            return picture;
        }
        byte[] target = EncodedImage.allocate(height, width);
        Window all = new Window(0, 0, height, width);
        new Resampler().resize(picture, height, width, interpolation, all, target);
        return Picture.over(height, width, target);
    }
}
