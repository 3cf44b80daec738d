package io.strider.blas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EarlyLinkingTest {
    @Test
    void openBlasIsReadyAfterwardsAndNothingIsHeld() {
        EarlyLinking.link();
        EarlyLinking.begin(); // asked for or not, it returns
        assertThat(Blas.openBlas()).isSameAs(Blas.openBlas());
        assertThat(NativePermits.shared().inUse()).isZero();
    }
}
