package io.strider.benchmark;

import java.util.Locale;

/** What is computed of a convolution. */
enum Pass {
    /** y = x ∗ w. */
    FORWARD,
    /** The gradient gx from w and gy. */
    DATA,
    /** The gradient gw from x and gy. */
    WEIGHTS;

    /** As the command line and the CSV file spell it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
