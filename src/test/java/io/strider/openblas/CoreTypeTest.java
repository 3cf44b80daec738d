package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoreTypeTest {
    @Test
    void readsTheModesAndNames() {
        assertThat(CoreType.parse(null).mode()).isEqualTo(CoreType.Mode.ENVIRONMENT);
        assertThat(CoreType.parse("").mode()).isEqualTo(CoreType.Mode.ENVIRONMENT);
        assertThat(CoreType.parse("environment").mode()).isEqualTo(CoreType.Mode.ENVIRONMENT);
        assertThat(CoreType.parse("Detect").mode()).isEqualTo(CoreType.Mode.DETECT);
        assertThat(CoreType.parse("Opteron_SSE3"))
                .isEqualTo(new CoreType(CoreType.Mode.NAME, "Opteron_SSE3"));
        assertThat(CoreType.parse("x".repeat(32)).mode()).isEqualTo(CoreType.Mode.NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "Sky lake", "SkylakeX\n", "a-b", "a=b", "Zen\0", "ζ"})
    void refusesWhatCannotBeAName(String value) {
        assertThatThrownBy(() -> CoreType.parse(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("strider.openblas.coretype: \"" + value + "\" (expected: ");
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThatThrownBy(() -> CoreType.parse("x".repeat(33)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{1,32}");
    }

    @Test
    void changesTheProcesssEnvironmentOnlyAsAsked() {
        CLibrary c = new CLibrary();
        var before = c.environmentVariable(CoreType.VARIABLE);
        var l2Before = c.environmentVariable("OPENBLAS_L2_SIZE");
        try {
            CoreType.parse("Zen").apply(c);
            c.setEnvironmentVariable("OPENBLAS_L2_SIZE", "512");
            assertThat(c.environmentVariable(CoreType.VARIABLE)).contains("Zen");
            CoreType.parse("environment").apply(c);
            assertThat(c.environmentVariable(CoreType.VARIABLE)).contains("Zen");
            assertThat(c.environmentVariable("OPENBLAS_L2_SIZE")).contains("512");
            CoreType.parse("detect").apply(c);
            assertThat(c.environmentVariable(CoreType.VARIABLE)).isEmpty();
            assertThat(c.environmentVariable("OPENBLAS_L2_SIZE")).isEmpty();
        } finally {
            CoreType.parse("detect").apply(c);
            before.ifPresent(value -> c.setEnvironmentVariable(CoreType.VARIABLE, value));
            l2Before.ifPresent(value -> c.setEnvironmentVariable("OPENBLAS_L2_SIZE", value));
        }
    }
}
