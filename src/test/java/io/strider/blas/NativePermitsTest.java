package io.strider.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativePermitsTest {
    @Test
    void theDefaultIsTheNumberOfProcessorsUpToABound() {
        assertThat(NativePermits.of(null, 2).limit()).isEqualTo(2);
        assertThat(NativePermits.of(null, 0).limit()).isEqualTo(1);
        assertThat(NativePermits.of(null, 500).limit()).isEqualTo(NativePermits.MOST);
    }

    @Test
    void thePropertySetsTheLimit() {
        assertThat(NativePermits.of(" 7 ", 2).limit()).isEqualTo(7);
        assertThat(NativePermits.of("64", 2).limit()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "65", "many", "", "99999999999999"})
    void aPropertyOutOfRangeIsRefusedWithItsName(String value) {
        assertThatThrownBy(() -> NativePermits.of(value, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "strider.blas.permits: \""
                                + value
                                + "\" (expected: a number from 1 to 64)");
    }

    @Test
    void gaugesFollowWhoIsInside() {
        NativePermits permits = new NativePermits(3);
        assertThat(permits.inUse()).isZero();
        permits.acquire();
        permits.acquire();
        assertThat(permits.inUse()).isEqualTo(2);
        permits.release();
        permits.release();
        assertThat(permits.inUse()).isZero();
        assertThat(permits.highWater()).isEqualTo(2);
    }

    @Test
    void whoFindsNoPermitWaitsAndKeepsItsInterrupt() throws InterruptedException {
        NativePermits permits = new NativePermits(1);
        permits.acquire();
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread waiter =
                Thread.ofVirtual()
                        .start(() -> {
                            started.countDown();
                            permits.acquire();
                            interrupted.set(Thread.currentThread().isInterrupted());
                            permits.release();
                        });
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        waiter.interrupt();
        waiter.join(50);
        assertThat(waiter.isAlive()).isTrue();
        permits.release();
        waiter.join(10_000);
        assertThat(waiter.isAlive()).isFalse();
        assertThat(interrupted).isTrue();
        assertThat(permits.inUse()).isZero();
        assertThat(permits.highWater()).isEqualTo(1);
    }
}
