package io.strider.conv;

import java.util.Locale;

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

    private VectorSupport() {}

    static boolean isEnabled() {
        return ENABLED;
    }

    static boolean isModulePresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
