package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The runs by which the vector loops are compiled stay within their memory. */
class WarmUpLoopsTest {
    @Test
    void everyLoopRuns() {
        try (Arena arena = Arena.ofConfined()) {
            List<WarmUp.Loop> loops = new ArrayList<>(ColdPatchRuns.loops(arena));
            loops.addAll(VectorWarmUp.products(arena));
            for (WinogradTile tile : WinogradTile.values()) {
                loops.addAll(ColdWinograd.loops(tile, arena));
            }
            assertThat(loops).hasSize(15).allMatch(loop -> loop.nanos() > 0);
            loops.forEach(loop -> loop.work().run());
        }
    }
}
