package io.strider.embedding;

/** A rectangle of pixels: rows top to bottom − 1, columns left to right − 1. */
record Window(int top, int left, int height, int width) {
    int bottom() {
        return top + height;
    }

    int right() {
        return left + width;
    }
}
