package io.strider.cli;

import io.strider.blas.NativePermits;
import io.strider.conv.ScratchPool;
import io.strider.openblas.Machine;
import io.strider.openblas.OpenBlasLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code strider info}: what this process found, and what to change for full speed. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        description = {
            "Print what Strider found: JDK, processor, OpenBLAS, limits, and what to change for full"
                    + " speed.",
            "",
            "Exit code 1 if OpenBLAS cannot be loaded; the reason and the rest are printed all the same."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  strider info")
final class InfoCommand extends StriderCommand {
    private static final Runtime.Version OLDEST = Runtime.Version.parse("25.0.3");

    @Override
    int run() {
        Machine machine = Machine.current();
        List<String> advice = new ArrayList<>();
        line("Strider", Strider.Version.text());
        printJdk(advice);
        printMachine(machine);
        Throwable failure = printOpenBlas(machine.processors(), advice);
        line("scratch slots", Integer.toString(ScratchPool.shared().slots()));
        adviseOnLimits(machine, advice);
        out().println();
        if (!advice.isEmpty()) {
            out().println("For full speed:");
            advice.forEach(sentence -> out().println("  - " + sentence));
        }
        switch (failure) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException refused -> throw refused;
            default -> throw new AssertionError(failure);
        }
        if (advice.isEmpty()) {
            out().println("For full speed nothing is to be changed.");
        }
        return ExitCode.DONE;
    }

    private void line(String name, String value) {
        out().printf(Locale.ROOT, "%-16s%s%n", name, value);
    }

    private void printJdk(List<String> advice) {
        boolean recent = isRecent(Runtime.version());
        line(
                "JDK",
                "%s, %s (%s)"
                        .formatted(
                                Runtime.version(),
                                System.getProperty("java.vendor", "unknown vendor"),
                                recent
                                        ? "at least " + OLDEST + ", as it should be"
                                        : "older than " + OLDEST));
        if (!recent) {
            advice.add(
                    "Run on JDK "
                            + OLDEST
                            + " or newer: 25.0.0 to 25.0.2 can corrupt arrays that native code reads"
                            + " (JDK-8377811).");
        }
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        line("Vector API", vectors ? "on" : "off");
        if (!vectors) {
            advice.add(
                    "Start java with --add-modules jdk.incubator.vector: loops around the matrix products"
                            + " then use vector instructions.");
        }
    }

    /** Whether a JDK is new enough. */
    static boolean isRecent(Runtime.Version version) {
        return version.compareToIgnoreOptional(OLDEST) >= 0;
    }

    private void printMachine(Machine machine) {
        line("processor", machine.cpuModel());
        line(
                "features",
                machine.features().isEmpty() ? "unknown" : String.join(" ", machine.features()));
        line("processors", Integer.toString(machine.processors()));
        OptionalDouble limit = machine.cpuLimit();
        line(
                "CPU limit",
                limit.isPresent()
                        ? String.format(
                                Locale.ROOT, "%.2f processors (container)", limit.getAsDouble())
                        : "none");
        line(
                "memory",
                Memory.text(Memory.total())
                        + (machine.memoryLimit().isPresent()
                                ? ", container limit "
                                        + Memory.text(machine.memoryLimit().getAsLong())
                                : ""));
    }

    /** Returns why it failed, or null. */
    private @Nullable Throwable printOpenBlas(int processors, List<String> advice) {
        try {
            OpenBlasLibrary library = OpenBlasLibrary.load();
            line("OpenBLAS", library.version());
            line("library", library.path().toString());
            line("found by", library.source());
            line("config", library.config());
            line("kernels", library.coreName());
            line("threads", library.threading() + ", put to " + library.threads());
            library.advice().ifPresent(advice::add);
            int permits = NativePermits.shared().limit();
            line("BLAS permits", Integer.toString(permits));
            if (permits < Math.min(processors, NativePermits.MOST)) {
                advice.add(
                        "Raise -D%s from %d to %d, the number of processors."
                                .formatted(NativePermits.PROPERTY, permits, processors));
            }
            return null;
        } catch (UnsatisfiedLinkError | IllegalArgumentException failure) {
            line("OpenBLAS", "cannot be used, see below");
            return failure;
        }
    }

    private static void adviseOnLimits(Machine machine, List<String> advice) {
        if (machine.cpuLimit().isPresent() && machine.cpuLimit().getAsDouble() < 1) {
            advice.add(
                    "Give the container at least one whole processor: with less it is stopped in the"
                            + " middle of every product.");
        }
        int slots = ScratchPool.shared().slots();
        if (slots < machine.processors()) {
            advice.add(
                    "Raise -Dstrider.conv.slots from %d to %d, the number of processors."
                            .formatted(slots, machine.processors()));
        }
    }
}
