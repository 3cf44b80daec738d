package io.strider.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much decoded pictures take together. */
@Timeout(60)
class PixelBudgetTest {
    private static final int LOT = 1024;

    private final PixelBudget budget = new PixelBudget(10 * LOT + 5);

    private FutureTask<Void> requiring(PixelBudget.Room room, long pixels) {
        FutureTask<Void> task = new FutureTask<>(() -> room.require(pixels), null);
        Thread thread = Thread.ofPlatform().start(task);
        while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
            Thread.onSpinWait();
        }
        return task;
    }

    @Test
    void roomGrowsWhileDecodingAndShrinksAfterwards() {
        try (PixelBudget.Room room = budget.new Room()) {
            room.begin();
            room.require(1);
            assertThat(budget.free()).isEqualTo(9 * LOT);
            room.require(3 * LOT);
            room.require(2 * LOT); // the largest counts
            assertThat(budget.free()).isEqualTo(7 * LOT);
            room.keep(LOT + 1);
            assertThat(budget.free()).isEqualTo(8 * LOT);
        }
        assertThat(budget.free()).isEqualTo(10 * LOT);
        assertThat(PixelBudget.ofHeap().free()).isGreaterThanOrEqualTo(1 << 20);
    }

    @Test
    void aPictureLargerThanAllOfItWaitsForAllOfIt() throws Exception {
        PixelBudget.Room small = budget.new Room();
        small.require(1);
        PixelBudget.Room huge = budget.new Room();
        huge.begin();
        FutureTask<Void> waiting = requiring(huge, Long.MAX_VALUE / 2);
        assertThat(waiting.isDone()).isFalse();
        small.close();
        waiting.get();
        assertThat(budget.free()).isZero();
        huge.close(); // its caller has gone, but it is still being decoded
        assertThat(budget.free()).isZero();
        huge.keep(LOT);
        assertThat(budget.free()).isEqualTo(10 * LOT);
    }

    @Test
    void whoeverHasGoneIsNotDecoded() throws Exception {
        PixelBudget.Room first = budget.new Room();
        first.require(10 * LOT);
        PixelBudget.Room gone = budget.new Room();
        gone.begin();
        FutureTask<Void> waiting = requiring(gone, LOT);
        gone.close();
        first.close();
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(CancellationException.class);
        gone.keep(0);
        assertThat(budget.free()).isEqualTo(10 * LOT);
    }
}
