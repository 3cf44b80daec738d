package io.strider.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LookoutTest {
    private static final long DAY = 24L * 60 * 60 * 1_000_000_000;

    /** A moment so many nanoseconds ago. */
    private static long ago(long nanos) {
        return System.nanoTime() - nanos;
    }

    @Test
    void outsideOfASeriesItEndsAfterItsTime() {
        assertThat(new Lookout(DAY).waitOn(ago(0))).isTrue();
        assertThat(new Lookout(1_000).waitOn(ago(1_000))).isFalse();
    }

    @Test
    void duringASeriesItGoesOnForLonger() {
        Lookout lookout = new Lookout(1);
        lookout.beginSeries();
        lookout.beginSeries();
        lookout.endSeries();
        // The thread may lose its processor between the two looks at the clock: tried again then.
        boolean waits = false;
        for (int attempt = 0; attempt < 1000 && !waits; attempt++) {
            waits = lookout.waitOn(ago(2));
        }
        assertThat(waits).isTrue();
        assertThat(lookout.waitOn(ago(Lookout.SERIES_NANOS))).isFalse();
        lookout.endSeries();
        assertThat(lookout.waitOn(ago(2))).isFalse();
    }

    @Test
    void aSeriesThatHasNotBegunCannotEnd() {
        Lookout lookout = new Lookout(1);
        assertThatThrownBy(lookout::endSeries)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no series has begun");
        lookout.beginSeries();
        lookout.endSeries();
        assertThatThrownBy(lookout::endSeries).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void workersTakeSeriesAndEndWhileOneIsOpen() {
        try (Workers workers = Workers.of(3)) {
            assertThatThrownBy(workers::endSeries).isInstanceOf(IllegalStateException.class);
            workers.beginSeries();
            long[] sums = new long[5];
            for (int call = 0; call < 200; call++) {
                workers.run(sums.length, 0, (index, _) -> sums[(int) index] += index);
            }
            assertThat(sums).containsExactly(0, 200, 400, 600, 800);
        }
    }
}
