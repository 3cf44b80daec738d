package io.strider.cli;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options from the environment: {@code --max-batch} is {@code STRIDER_MAX_BATCH}. */
final class EnvironmentDefaults implements IDefaultValueProvider {
    private static final String PREFIX = "--";

    private final UnaryOperator<@Nullable String> environment;

    /** This process's environment. */
    EnvironmentDefaults() {
        this(System::getenv);
    }

    /**
     * Another environment.
     *
     * @param environment the value of a variable, or null
     */
    EnvironmentDefaults(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /** The variable of an option. */
    static String variable(String option) {
        return "STRIDER_"
                + option.substring(PREFIX.length()).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** An empty variable is as good as none. */
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)
                || !option.longestName().startsWith(PREFIX)
                || option.usageHelp()
                || option.versionHelp()) {
            return null;
        }
        String value = environment.apply(variable(option.longestName()));
        return value == null || value.isEmpty() ? null : value;
    }
}
