package io.strider.embedding;

/**
 * Height and width in pixels.
 *
 * @param height rows, 1 to 65535
 * @param width columns, 1 to 65535
 */
public record ImageSize(int height, int width) {
    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if a side is out of range, or there are more pixels than an
     *     array can hold (715 million)
     */
    public ImageSize {
        Checks.size("size", height, width);
    }

    /** As in the messages: {@code 224×320}, height first. */
    @Override
    public String toString() {
        return height + "×" + width;
    }
}
