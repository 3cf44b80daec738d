package io.strider.embedding;

import io.strider.blas.VectorSupport;
import io.strider.blas.WarmUp;

/**
 * The loops over pixels that take most of a photograph's time outside the network. {@link
 * VectorPixelLoops} and their plain twins {@link ScalarPixelLoops}, which give the same integers.
 * Stateless.
 */
interface PixelLoops {
    /** The quicker ones of those that this JVM can run. */
    static PixelLoops best() {
        if (!VectorSupport.isEnabled() || !VectorWidth.is512()) {
            return new ScalarPixelLoops();
        }
        return WarmUp.isAsked() ? new ColdPixelLoops() : new VectorPixelLoops();
    }

    /**
     * Computes colours in place as libjpeg does (jdcolor.c), with its integers.
     *
     * @param values Y, Cb and Cr of each pixel, which become red, green and blue
     */
    void yccToRgb(byte[] values);

    /** Brings rows to another width. */
    Narrowing narrowing(ResampleWeights across);

    /** Rows of one width that are brought to another one. May be used from many threads. */
    @FunctionalInterface
    interface Narrowing {
        /**
         * Brings one row to the window's width, rounded to 8 bits.
         *
         * @param source not modified
         * @param start where the row's first pixel is
         * @param target gets a value a channel, from {@code at} on
         */
        void row(byte[] source, int start, int[] target, int at);
    }
}
