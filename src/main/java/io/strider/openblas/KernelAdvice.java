package io.strider.openblas;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What to say about the kernels that OpenBLAS chose.
 *
 * @param coreType what was asked for
 * @param environment gives the value of {@code OPENBLAS_CORETYPE} when OpenBLAS was loaded; asked
 *     only if it matters
 * @param coreName what OpenBLAS chose
 * @param config its config string
 * @param version its version
 * @param avx512 whether the processor is known to have AVX-512
 */
record KernelAdvice(
        CoreType coreType,
        Supplier<Optional<String>> environment,
        String coreName,
        String config,
        String version,
        boolean avx512) {
    /** The cores whose kernels use AVX-512, as OpenBLAS names them, in lower case. */
    private static final Set<String> WIDE =
            Set.of("skylakex", "cooperlake", "sapphirerapids", "graniterapids");

    /**
     * The name of every other core for x86-64 that OpenBLAS has kernels for. A name that is in
     * neither set belongs to a newer OpenBLAS: nothing is said about it rather than something
     * wrong.
     */
    private static final Set<String> NARROW =
            Set.of(
                    "haswell",
                    "zen",
                    "excavator",
                    "steamroller",
                    "piledriver",
                    "bulldozer",
                    "sandybridge",
                    "bobcat",
                    "nehalem",
                    "barcelona",
                    "core2",
                    "penryn",
                    "dunnington",
                    "atom",
                    "nano",
                    "prescott",
                    "opteron",
                    "opteron_sse3",
                    "generic");

    /** The advice, empty if there is nothing to change. */
    Optional<String> text() {
        List<String> sentences = new ArrayList<>();
        if (nameIgnored()) {
            sentences.add(
                    "OpenBLAS "
                            + version
                            + " did not take "
                            + CoreType.PROPERTY
                            + "="
                            + coreType.name()
                            + " and runs its "
                            + coreName
                            + " kernels: it falls back silently when it does not know a name or the"
                            + " processor cannot run the kernels.");
        }
        if (narrow()) {
            sentences.add(
                    "OpenBLAS "
                            + version
                            + " runs its "
                            + coreName
                            + " kernels, but this processor has AVX-512: matrix products may take up"
                            + " to twice as long. "
                            + remedy());
        }
        if (narrow() && version.equals("0.3.34") && environment.get().isPresent()) {
            sentences.add(
                    "OpenBLAS 0.3.34 can crash in dgemm when such kernels are forced on AMD Zen 4 and"
                            + " Zen 5 (OpenBLAS issue 6021).");
        }
        return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", sentences));
    }

    private boolean nameIgnored() {
        return coreType.mode() == CoreType.Mode.NAME && !coreType.name().equalsIgnoreCase(coreName);
    }

    /**
     * Whether wider kernels may be quicker. On AMD Zen 5 they are, twice; on Zen 4, which executes
     * AVX-512 in 256-bit halves, no difference was measured.
     */
    private boolean narrow() {
        String name = coreName.toLowerCase(Locale.ROOT);
        return avx512 && !WIDE.contains(name) && NARROW.contains(name);
    }

    private String remedy() {
        if (!config.contains("DYNAMIC_ARCH")) {
            return "This build has kernels for one processor only: install one that chooses at run time"
                    + " (libopenblas0-pthread), or set -D"
                    + LibrarySearch.PROPERTY
                    + "=/path/to/libopenblas.so.0.";
        }
        if (coreType.mode() == CoreType.Mode.NAME) {
            return "Set -D" + CoreType.PROPERTY + "=detect to let OpenBLAS choose.";
        }
        Optional<String> environmentName = environment.get();
        if (environmentName.isPresent()) {
            return "Set -D"
                    + CoreType.PROPERTY
                    + "=detect or unset "
                    + CoreType.VARIABLE
                    + " (now "
                    + environmentName.get()
                    + ") to let OpenBLAS choose.";
        }
        return "OpenBLAS chose them by itself, or had been loaded before Strider loaded it: set -D"
                + CoreType.PROPERTY
                + "=SkylakeX, or install a newer OpenBLAS.";
    }
}
