package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Options that the environment gives. */
class EnvironmentDefaultsTest {
    private static final CommandLine SERVE =
            new CommandLine(new ServeCommand(_ -> {}, OpenFiles.LIMITS));

    private static OptionSpec option(String name) {
        return SERVE.getCommandSpec().findOption(name);
    }

    @Test
    void eachOptionHasItsVariable() {
        Map<String, String> environment =
                Map.of("STRIDER_MAX_BATCH", "3", "STRIDER_MODEL", "a=b,c", "STRIDER_HOST", "");
        EnvironmentDefaults defaults = new EnvironmentDefaults(environment::get);
        assertThat(defaults.defaultValue(option("--max-batch"))).isEqualTo("3");
        assertThat(defaults.defaultValue(option("--model"))).isEqualTo("a=b,c");
        assertThat(defaults.defaultValue(option("--host"))).as("empty").isNull();
        assertThat(defaults.defaultValue(option("--port"))).as("not given").isNull();
    }

    @Test
    void serveAsksIt() {
        assertThat(SERVE.getCommandSpec().defaultValueProvider())
                .isInstanceOf(EnvironmentDefaults.class);
    }

    @Test
    void helpIsNotForTheEnvironmentToAskFor() {
        EnvironmentDefaults all = new EnvironmentDefaults(_ -> "true");
        assertThat(all.defaultValue(option("--help"))).isNull();
        assertThat(all.defaultValue(option("--version"))).isNull();
        assertThat(all.defaultValue(option("--quiet"))).isEqualTo("true");
        OptionSpec brief = OptionSpec.builder("-x").build();
        assertThat(all.defaultValue(brief)).isNull();
        assertThat(all.defaultValue(CommandLine.Model.PositionalParamSpec.builder().build()))
                .isNull();
    }

    @Test
    void noTwoOptionsShareAVariable() {
        Map<String, String> seen = new HashMap<>();
        for (OptionSpec option : SERVE.getCommandSpec().options()) {
            String variable = EnvironmentDefaults.variable(option.longestName());
            assertThat(variable).matches("STRIDER_[A-Z_]+");
            assertThat(seen.put(variable, option.longestName())).as(variable).isNull();
        }
        assertThat(seen).hasSizeGreaterThan(20);
    }
}
