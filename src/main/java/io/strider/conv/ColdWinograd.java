package io.strider.conv;

import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link BlasWinograd} until the vector loops are compiled, then those. */
final class ColdWinograd implements WinogradTransforms {
    private static final WarmUp F2 = new WarmUp(arena -> loops(WinogradTile.F2, arena));
    private static final WarmUp F4 = new WarmUp(arena -> loops(WinogradTile.F4, arena));

    /** Channels of a tile in the warm-up. */
    private static final int CHANNELS = 128;

    /** Tiles of a run of the warm-up. */
    private static final int TILES = 20;

    /** Nanoseconds of a vector of a position: a hundredth of it compiled, some 50 before. */
    private static final double QUICK = 10;

    private final WarmUp warmUp;
    private final WinogradTransforms loops;
    private final WinogradTransforms blas;

    ColdWinograd(WinogradTile tile) {
        this.warmUp = tile == WinogradTile.F2 ? F2 : F4;
        this.loops = WinogradTransforms.vector(tile);
        this.blas = new BlasWinograd(tile, loops.lanes());
    }

    private WinogradTransforms now() {
        return warmUp.isCold() ? blas : loops;
    }

    @Override
    public int lanes() {
        return loops.lanes();
    }

    @Override
    public void input(
            MemorySegment x,
            long at,
            long rowStep,
            long pixelStep,
            int channels,
            MemorySegment v,
            long vAt,
            long step,
            MemorySegment between,
            long betweenAt) {
        now().input(x, at, rowStep, pixelStep, channels, v, vAt, step, between, betweenAt);
    }

    @Override
    public void output(
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
            long betweenAt) {
        now().output(
                        m,
                        mAt,
                        step,
                        channels,
                        epilogue,
                        first,
                        residual,
                        residualAt,
                        residualRowStep,
                        residualPixelStep,
                        y,
                        yAt,
                        yRowStep,
                        yPixelStep,
                        between,
                        betweenAt);
    }

    static List<WarmUp.Loop> loops(WinogradTile tile, Arena arena) {
        WinogradTransforms loops = WinogradTransforms.vector(tile);
        int size = tile.inputs();
        int outs = tile.outputs();
        long pixels = (long) size * size * CHANNELS;
        MemorySegment x = arena.allocate(pixels * Float.BYTES, 64);
        MemorySegment v = arena.allocate(pixels * Float.BYTES, 64);
        MemorySegment between = arena.allocate((long) BETWEEN * Float.BYTES, 64);
        Epilogue epilogue = new Epilogue(null, 0, CHANNELS, Activation.RELU, arena);
        double nanos = QUICK * TILES * pixels / loops.lanes();
        Runnable input =
                () -> {
                    for (int i = 0; i < TILES; i++) {
                        loops.input(
                                x,
                                0,
                                (long) size * CHANNELS,
                                CHANNELS,
                                CHANNELS,
                                v,
                                0,
                                CHANNELS,
                                between,
                                0);
                    }
                };
        Runnable output =
                () -> {
                    for (int i = 0; i < TILES; i++) {
                        loops.output(
                                v,
                                0,
                                CHANNELS,
                                CHANNELS,
                                epilogue,
                                0,
                                x,
                                0,
                                0,
                                0,
                                x,
                                0,
                                (long) outs * CHANNELS,
                                CHANNELS,
                                between,
                                0);
                    }
                };
        return List.of(new WarmUp.Loop(nanos, input), new WarmUp.Loop(nanos, output));
    }
}
