package io.strider.blas;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the loops that are written with the Vector API can be used: its module takes part ({@code
 * --add-modules jdk.incubator.vector}) and property {@code strider.vector} is not {@code off}.
 *
 * <p>Public for the library's other packages, of no use to its callers. A class that uses the
 * Vector API may only be reached after {@link #isEnabled} said so: elsewhere it does not load.
 */
public final class VectorSupport {
    private static final boolean ENABLED =
            isModulePresent()
                    && !System.getProperty("strider.vector", "")
                            .toLowerCase(Locale.ROOT)
                            .equals("off");

    private static final AtomicBoolean ADVISED = new AtomicBoolean();

    private VectorSupport() {}

    /** Whether they can be used; the same for the life of the JVM. */
    public static boolean isEnabled() {
        return ENABLED;
    }

    /** Says once how to turn it on, if nobody turned it off. */
    public static void advise() {
        if (!isModulePresent()
                && System.getProperty("strider.vector") == null
                && ADVISED.compareAndSet(false, true)) {
            System.getLogger("io.strider")
                    .log(
                            System.Logger.Level.INFO,
                            "The Vector API is off: prepared convolutions are several times slower"
                                    + " than with java --add-modules jdk.incubator.vector"
                                    + " (-Dstrider.vector=off silences this)");
        }
    }

    private static boolean isModulePresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
