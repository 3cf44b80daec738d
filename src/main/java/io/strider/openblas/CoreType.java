package io.strider.openblas;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How OpenBLAS is to choose its kernels: the meaning of the system property {@value #PROPERTY}.
 *
 * <p>OpenBLAS reads its variables once, while it is being loaded, from the process's own
 * environment.
 *
 * @param mode what is done to the environment before OpenBLAS is loaded
 * @param name the core asked for, empty unless the mode is {@link Mode#NAME}
 */
record CoreType(Mode mode, String name) {
    static final String PROPERTY = "strider.openblas.coretype";

    /** The variable by which OpenBLAS is told its kernels. */
    static final String VARIABLE = "OPENBLAS_CORETYPE";

    /**
     * The variables that overrule what OpenBLAS finds out about the processor: the kernels, the
     * size of the L2 cache (since 0.3.27), and a percentage by which the blocks made for that cache
     * are scaled. OpenBLAS reads no others that concern the processor; the rest are thread counts.
     */
    static final List<String> OVERRIDES =
            List.of(VARIABLE, "OPENBLAS_L2_SIZE", "OPENBLAS_BLOCK_FACTOR");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,32}");

    /** What is done to the environment before OpenBLAS is loaded. */
    enum Mode {
        /** Nothing. */
        ENVIRONMENT,
        /** The overrides are removed. */
        DETECT,
        /** The variable is set to the name. */
        NAME
    }

    /**
     * Reads the property's value.
     *
     * @param value the value, null or empty if it is not set
     * @throws IllegalArgumentException if it is neither a mode nor can be a name
     */
    static CoreType parse(@Nullable String value) {
        if (value == null || value.isEmpty() || value.equalsIgnoreCase("environment")) {
            return new CoreType(Mode.ENVIRONMENT, "");
        }
        if (value.equalsIgnoreCase("detect")) {
            return new CoreType(Mode.DETECT, "");
        }
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    PROPERTY
                            + ": \""
                            + value
                            + "\" (expected: environment, detect or the name of a core such as"
                            + " SkylakeX, matching "
                            + NAME
                            + ")");
        }
        return new CoreType(Mode.NAME, value);
    }

    /** Makes the process's environment say what this asks for. */
    void apply(CLibrary c) {
        switch (mode) {
            case ENVIRONMENT -> {}
            case DETECT -> OVERRIDES.forEach(c::removeEnvironmentVariable);
            case NAME -> c.setEnvironmentVariable(VARIABLE, name);
        }
    }
}
