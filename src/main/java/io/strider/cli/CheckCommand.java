package io.strider.cli;

import io.strider.blas.Blas;
import io.strider.openblas.OpenBlasLibrary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code strider check}: holds this build, on this machine, against PyTorch's values. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        description = {
            "Check the convolutions of this build, on this machine, against PyTorch's values.",
            "",
            "First the two reference scripts' questions: are result (r), weight gradient (dw) and input"
                    + " gradient (dx) PyTorch's integers, exactly? Then every packaged case: the largest"
                    + " difference from PyTorch's float64 values and, beside it, the largest share of the"
                    + " bound γ·Σ|a||b| that a float32 sum keeps to. Exit code 1 if one fails."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  strider check")
final class CheckCommand extends StriderCommand {
    private static final int NAME_WIDTH = 23;

    private final GoldenCases cases;

    CheckCommand(GoldenCases cases) {
        this.cases = cases;
    }

    @Override
    int run() throws IOException {
        Blas blas = Blas.openBlas();
        out().println(OpenBlasLibrary.load());
        out().println();
        List<String> failures = new ArrayList<>();
        checkRoutes(blas, failures);
        checkCases(failures);
        if (!failures.isEmpty()) {
            throw new Failures.CheckFailedException("check failed: " + String.join("; ", failures));
        }
        return ExitCode.DONE;
    }

    private void checkRoutes(Blas blas, List<String> failures) throws IOException {
        out().println("The reference scripts' questions: is it what PyTorch computes, exactly?");
        for (ReferenceRoutes.Answer answer : ReferenceRoutes.run(cases, blas)) {
            out().println(answer.name());
            out().println("r? " + answer.output());
            out().println("dw? " + answer.weightGradient());
            out().println("dx? " + answer.inputGradient());
            if (!answer.isRight()) {
                failures.add(answer.name());
            }
        }
        out().println();
    }

    private void checkCases(List<String> failures) throws IOException {
        out().println(
                        "Packaged cases: the largest |difference| from PyTorch's float64 values, and the"
                                + " largest share");
        out().println("of the bound γ·Σ|a||b| (1 is the limit; seed cases must be exact).");
        out().println(header());
        int rows = 0;
        int comparisons = 0;
        int count = 0;
        double worst = 0;
        for (GoldenCase golden : cases.all()) {
            count++;
            for (GoldenCheck.Row row : GoldenCheck.run(cases, golden)) {
                rows++;
                comparisons += row.deviations().size();
                for (ErrorBound.Deviation deviation : row.deviations().values()) {
                    worst = Math.max(worst, deviation.share());
                }
                out().println(line(row));
                out().flush();
                if (!row.failures().isEmpty()) {
                    failures.add(
                            "%s %s %s: %s"
                                    .formatted(
                                            golden.name(),
                                            row.algorithm(),
                                            row.order(),
                                            names(row.failures())));
                }
            }
        }
        out().println();
        out().println(
                        failures.isEmpty()
                                ? String.format(
                                        Locale.ROOT,
                                        "All is well: %d cases, computed %d times, %d results compared; the"
                                                + " nearest came to %.3f of its bound.",
                                        count,
                                        rows,
                                        comparisons,
                                        worst)
                                : "FAILED: " + failures.size() + " of the checks above.");
    }

    private static String header() {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%-" + NAME_WIDTH + "s %-9s %-6s",
                                "case",
                                "algorithm",
                                "format"));
        for (GoldenCheck.Result result : GoldenCheck.Result.values()) {
            text.append(String.format(Locale.ROOT, " %8s %6s", result, "/bound"));
        }
        return text.toString();
    }

    private static String line(GoldenCheck.Row row) {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%-" + NAME_WIDTH + "s %-9s %-6s",
                                row.golden().name(),
                                row.algorithm(),
                                row.order()));
        for (GoldenCheck.Result result : GoldenCheck.Result.values()) {
            ErrorBound.Deviation deviation = row.deviations().get(result);
            if (deviation == null) {
                text.append(String.format(Locale.ROOT, " %8s %6s", "-", "-"));
            } else if (deviation.isExact()) {
                text.append(String.format(Locale.ROOT, " %8s %6s", "exact", "0"));
            } else {
                text.append(
                        String.format(
                                Locale.ROOT,
                                " %8.1e %6.3f",
                                deviation.largest(),
                                deviation.share()));
            }
        }
        if (!row.failures().isEmpty()) {
            text.append("  FAILED: ").append(names(row.failures()));
        }
        return text.toString();
    }

    private static String names(List<GoldenCheck.Result> results) {
        return String.join(", ", results.stream().map(Object::toString).toList());
    }
}
