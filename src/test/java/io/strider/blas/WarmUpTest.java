package io.strider.blas;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WarmUpTest {
    private static final long SHORT = 1_000_000;

    private final AtomicInteger runs = new AtomicInteger();

    private WarmUp.Loop loop(double nanos) {
        return new WarmUp.Loop(nanos, runs::incrementAndGet);
    }

    private static void awaitWarm(WarmUp warmUp) {
        while (warmUp.isCold()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void nothingIsColdIfNobodyAskedForIt() {
        WarmUp warmUp = new WarmUp(_ -> List.of(loop(0)), false, SHORT);
        assertThat(warmUp.isCold()).isFalse();
        assertThat(runs).hasValue(0);
    }

    @Test
    void quickLoopsRunOnceThenTheirMemoryIsClosed() {
        AtomicReference<Arena> memory = new AtomicReference<>();
        WarmUp warmUp =
                new WarmUp(
                        arena -> {
                            memory.set(arena);
                            return List.of(loop(Double.MAX_VALUE), loop(Double.MAX_VALUE));
                        },
                        true,
                        Long.MAX_VALUE);
        assertThat(warmUp.isCold()).isTrue();
        awaitWarm(warmUp);
        assertThat(runs).hasValue(2);
        while (memory.get().scope().isAlive()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void loopsThatNeverGetQuickAreUsedAllTheSameInTheEnd() {
        WarmUp warmUp = new WarmUp(_ -> List.of(loop(0)), true, SHORT);
        awaitWarm(warmUp);
        assertThat(runs).hasPositiveValue();
    }

    @Test
    void afterAFailureTheOthersAreServed() {
        WarmUp failing =
                new WarmUp(
                        _ -> {
                            throw new IllegalStateException("no loops");
                        },
                        true,
                        Long.MAX_VALUE);
        WarmUp other = new WarmUp(_ -> List.of(loop(Double.MAX_VALUE)), true, Long.MAX_VALUE);
        assertThat(failing.isCold()).isTrue();
        awaitWarm(failing);
        awaitWarm(other);
        assertThat(runs).hasValue(1);
    }
}
