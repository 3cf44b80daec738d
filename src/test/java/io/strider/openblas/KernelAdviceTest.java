package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelAdviceTest {
    private static final String DYNAMIC = "OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell MAX_THREADS=64";

    @ParameterizedTest
    @ValueSource(strings = {"SkylakeX", "SKYLAKEX", "Cooperlake", "SapphireRapids", "FutureCore"})
    void saysNothingOfWideOrUnknownKernels(String core) {
        assertThat(advice("environment", null, core, DYNAMIC, "0.3.21", true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Haswell", "Zen", "ZEN", "Sandybridge", "Nehalem"})
    void saysNothingOfNarrowKernelsWithoutAvx512(String core) {
        assertThat(advice("environment", "Haswell", core, DYNAMIC, "0.3.21", false)).isEmpty();
    }

    @Test
    void namesTheVariableThatForcesNarrowKernels() {
        assertThat(advice("environment", "Haswell", "Haswell", DYNAMIC, "0.3.21", true))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .contains("Haswell kernels", "AVX-512")
                                .contains("-Dstrider.openblas.coretype=detect")
                                .contains("unset OPENBLAS_CORETYPE (now Haswell)"));
    }

    @Test
    void pointsAtThePropertyIfThatForcesNarrowKernels() {
        assertThat(advice("zen", "zen", "Zen", DYNAMIC, "0.3.21", true))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .endsWith(
                                        "Set -Dstrider.openblas.coretype=detect to let"
                                                + " OpenBLAS choose."));
    }

    @Test
    void offersANameWhereOpenBlasItselfChoosesNarrowKernels() {
        assertThat(advice("detect", null, "Zen", DYNAMIC, "0.3.9", true))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("coretype=SkylakeX", "newer OpenBLAS"));
    }

    @Test
    void doesNotOfferThePropertyWhereTheBuildHasOneCoreOnly() {
        assertThat(
                        advice(
                                "environment",
                                null,
                                "HASWELL",
                                "OpenBLAS 0.3.21 HASWELL",
                                "0.3.21",
                                true))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .contains("one processor only", "libopenblas0-pthread")
                                .doesNotContain("coretype"));
    }

    @Test
    void saysThatANameWasNotTaken() {
        assertThat(advice("Quux", "Quux", "Cooperlake", DYNAMIC, "0.3.21", true))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .contains("did not take strider.openblas.coretype=Quux")
                                .contains("Cooperlake")
                                .doesNotContain("AVX-512"));
        assertThat(advice("COOPERLAKE", "COOPERLAKE", "Cooperlake", DYNAMIC, "0.3.21", true))
                .as("case does not matter")
                .isEmpty();
    }

    @Test
    void warnsOfTheVersionThatCrashesWithForcedKernels() {
        assertThat(advice("environment", "Haswell", "Haswell", DYNAMIC, "0.3.34", true))
                .hasValueSatisfying(text -> assertThat(text).contains("can crash", "6021"));
        assertThat(advice("environment", "Haswell", "Haswell", DYNAMIC, "0.3.35", true))
                .hasValueSatisfying(text -> assertThat(text).doesNotContain("crash"));
    }

    private static Optional<String> advice(
            String coreType,
            String environment,
            String core,
            String config,
            String version,
            boolean avx512) {
        return new KernelAdvice(
                        CoreType.parse(coreType),
                        () -> Optional.ofNullable(environment),
                        core,
                        config,
                        version,
                        avx512)
                .text();
    }
}
