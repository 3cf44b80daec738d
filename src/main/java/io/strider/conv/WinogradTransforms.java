package io.strider.conv;

import io.strider.blas.VectorSupport;
import io.strider.blas.WarmUp;
import java.lang.foreign.MemorySegment;

/**
 * The two transforms of a {@link WinogradTile}, one tile and all its channels a call. Offsets and
 * steps count floats; channels stand side by side. Only whole tiles and whole vectors: the caller
 * copies what is cut off by the picture's edge through a tile of its own. Immutable, thread-safe.
 *
 * <p>{@link ScalarWinogradTransforms} is the plain twin of {@link VectorWinogradF2} and {@link
 * VectorWinogradF4}.
 */
interface WinogradTransforms {
    /** Floats of {@code between} that a transform needs: a tile of the widest vectors. */
    int BETWEEN = 6 * 6 * 16;

    /** Channels must be a multiple of this. */
    int lanes();

    /**
     * v = Bᵀ d B: position (i, j) of every channel goes to {@code vAt + (i·inputs + j)·step}.
     *
     * @param x the tile's first pixel stands at {@code at}
     * @param between {@link #BETWEEN} floats from {@code betweenAt} on, overwritten; a multiple of
     *     64 bytes
     */
    void input(
            MemorySegment x,
            long at,
            long rowStep,
            long pixelStep,
            int channels,
            MemorySegment v,
            long vAt,
            long step,
            MemorySegment between,
            long betweenAt);

    /**
     * y = clamp(Aᵀ m A + bias + residual), of {@code channels} output channels from {@code first}
     * on.
     *
     * @param m position (i, j) stands at {@code mAt + (i·inputs + j)·step}
     * @param epilogue bias and bounds
     * @param residual with steps of 0 and enough zeros if there is none
     * @param y the tile's first pixel stands at {@code yAt}
     * @param between as above
     */
    void output(
            MemorySegment m,
            long mAt,
            long step,
            int channels,
            Epilogue epilogue,
            long first,
            MemorySegment residual,
            long residualAt,
            long residualRowStep,
            long residualPixelStep,
            MemorySegment y,
            long yAt,
            long yRowStep,
            long yPixelStep,
            MemorySegment between,
            long betweenAt);

    /** The quickest there is for {@code tile}. */
    static WinogradTransforms of(WinogradTile tile) {
        if (!VectorSupport.isEnabled()) {
            return new ScalarWinogradTransforms(tile);
        }
        return WarmUp.isAsked() ? new ColdWinograd(tile) : vector(tile);
    }

    /** With the Vector API, which must be there. */
    static WinogradTransforms vector(WinogradTile tile) {
        return switch (tile) {
            case F2 -> new VectorWinogradF2();
            case F4 -> new VectorWinogradF4();
        };
    }
}
