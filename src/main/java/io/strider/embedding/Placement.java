package io.strider.embedding;

import io.strider.embedding.Resizing.Contain;
import io.strider.embedding.Resizing.Cover;
import io.strider.embedding.Resizing.None;
import io.strider.embedding.Resizing.Stretch;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a picture of one size: it is resized, of that a window is taken, and the window
 * lies somewhere on the output, with the fill around it.
 *
 * @param height of the whole resized picture
 * @param width of the whole resized picture
 * @param window what of it is seen; never empty, as picture and crop have their middles together
 * @param top where the window lies on the output
 * @param left where the window lies on the output
 * @param output what the network sees
 * @param fill grey level around the window, 0 to 255
 */
record Placement(
        int height, int width, Window window, int top, int left, ImageSize output, int fill) {

    /** The sides of the resized picture and of the canvas that it stands on, in the middle. */
    private record Fit(int height, int width, int canvasHeight, int canvasWidth, int fill) {}

    /**
     * Plans for pictures of one size.
     *
     * @param crop the size that is cut out of the middle at last, if any
     * @throws IllegalArgumentException if the output would be larger than {@link ImageSize} allows
     */
    static Placement of(int height, int width, Resizing resizing, @Nullable ImageSize crop) {
        Fit fit = fit(height, width, resizing);
        ImageSize output = crop == null ? new ImageSize(fit.canvasHeight, fit.canvasWidth) : crop;
        // The odd pixel stays below and to the right, whether padding or cutting.
        int top = offset(fit.canvasHeight, fit.height) - cut(fit.canvasHeight, output.height());
        int left = offset(fit.canvasWidth, fit.width) - cut(fit.canvasWidth, output.width());
        int firstRow = Math.max(0, -top);
        int firstColumn = Math.max(0, -left);
        int rows = Math.min(fit.height, output.height() - top) - firstRow;
        int columns = Math.min(fit.width, output.width() - left) - firstColumn;
        return new Placement(
                fit.height,
                fit.width,
                new Window(firstRow, firstColumn, rows, columns),
                Math.max(0, top),
                Math.max(0, left),
                output,
                fit.fill);
    }

    private static int offset(int canvas, int picture) {
        return (canvas - picture) / 2;
    }

    /** Negative where the crop is the larger one: rounded down all the same. */
    private static int cut(int canvas, int crop) {
        return Math.floorDiv(canvas - crop, 2);
    }

    private static Fit fit(int height, int width, Resizing resizing) {
        return switch (resizing) {
            case None() -> new Fit(height, width, height, width, 0);
            case Stretch(int h, int w) -> new Fit(h, w, h, w, 0);
            case Cover(int h, int w) -> {
                boolean byWidth = (long) w * height >= (long) h * width;
                int newHeight = byWidth ? scaled(w, height, width) : h;
                int newWidth = byWidth ? w : scaled(h, width, height);
                yield new Fit(newHeight, newWidth, newHeight, newWidth, 0);
            }
            case Contain(int h, int w, int fill) -> {
                boolean byWidth = (long) w * height <= (long) h * width;
                int newHeight = byWidth ? Math.max(1, scaled(w, height, width)) : h;
                int newWidth = byWidth ? w : Math.max(1, scaled(h, width, height));
                yield new Fit(newHeight, newWidth, h, w, fill);
            }
        };
    }

    /** At most 16384 · 65535, which is an int; the fraction is cut off, as Python's int() does. */
    private static int scaled(long size, long numerator, long denominator) {
        return Math.toIntExact(size * numerator / denominator);
    }

    /** Whether the window is all of the output. */
    boolean fillsOutput() {
        return window.height() == output.height() && window.width() == output.width();
    }
}
