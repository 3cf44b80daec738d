package io.strider.ops;

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
            List<WarmUp.Loop> loops = new ArrayList<>(ColdPoolingLoops.loops(arena));
            loops.addAll(ColdRowLoops.affineLoops(arena));
            for (BinaryFunction function : BinaryFunction.values()) {
                if (RowLoops.supports(function)) {
                    loops.addAll(ColdRowLoops.loops(function, arena));
                }
            }
            assertThat(loops).hasSize(12).allMatch(loop -> loop.nanos() > 0);
            loops.forEach(loop -> loop.work().run());
        }
    }
}
