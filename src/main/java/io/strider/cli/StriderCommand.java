package io.strider.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands share: where words go, and what becomes of a failure. */
abstract class StriderCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Option(
            names = Failures.VERBOSE,
            description = "Show the stack trace of a failure. Default: one line.")
    private boolean verbose;

    /**
     * Does what the command is for.
     *
     * @return the exit code
     * @throws IOException if a file cannot be read or written: exit code 2
     */
    abstract int run() throws IOException;

    @Override
    public final Integer call() {
        try {
            return run();
        } catch (Throwable failure) { // also errors: none may show as a bare stack trace
            return Failures.report(spec.commandLine(), failure, verbose);
        }
    }

    final CommandSpec spec() {
        return spec;
    }

    /** Standard output: text that was asked for. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Standard error: everything else. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Bad arguments that only show when several are looked at. */
    final ParameterException badArguments(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
