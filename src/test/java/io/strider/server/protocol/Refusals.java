package io.strider.server.protocol;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests say of refusals. */
final class Refusals {
    private Refusals() {}

    /** Shows that a request is refused as bad, with these words in the message. */
    static void assertRefused(ThrowingCallable call, String... words) {
        assertRefused(Reason.BAD_REQUEST, call, words);
    }

    /** Shows that a request is refused for a reason, with these words in the message. */
    static void assertRefused(Reason reason, ThrowingCallable call, String... words) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .withMessageContainingAll(words)
                .matches(refused -> refused.reason() == reason, "has reason " + reason);
    }
}
