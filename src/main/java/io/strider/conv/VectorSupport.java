package io.strider.conv;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the loops that are written with the Vector API can be used: its module takes part ({@code
 * --add-modules jdk.incubator.vector}) and property {@code strider.vector} is not {@code off}.
 */
final class VectorSupport {
    private static final boolean ENABLED =
            isModulePresent()
                    && !System.getProperty("strider.vector", "")
                            .toLowerCase(Locale.ROOT)
                            .equals("off");

    private static final AtomicBoolean ADVISED = new AtomicBoolean();

    private VectorSupport() {}

    static boolean isEnabled() {
        return ENABLED;
    }

    /** Says once how to turn it on, if nobody turned it off. */
    static void advise() {
        if (!isModulePresent()
                && System.getProperty("strider.vector") == null
                && ADVISED.compareAndSet(false, true)) {
            System.getLogger("io.strider.conv")
                    .log(
                            System.Logger.Level.INFO,
                            "The Vector API is off: prepared convolutions are several times slower"
                                    + " than with java --add-modules jdk.incubator.vector"
                                    + " (-Dstrider.vector=off silences this)");
        }
    }

    static boolean isModulePresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
