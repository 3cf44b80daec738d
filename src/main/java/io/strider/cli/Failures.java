package io.strider.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Turns failures into one line and an exit code. */
final class Failures {
    static final String VERBOSE = "--verbose";

    private Failures() {}

    /** A check that did not pass; its message says which. */
    static final class CheckFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CheckFailedException(String message) {
            super(message);
        }
    }

    /** For picocli: arguments that could not be parsed. */
    static int ofArguments(ParameterException failure, String[] arguments) {
        return report(
                failure.getCommandLine(), failure, Arrays.asList(arguments).contains(VERBOSE));
    }

    /** Writes one line (and the stack trace if wanted) and returns the exit code. */
    static int report(CommandLine command, Throwable failure, boolean verbose) {
        PrintWriter err = command.getErr();
        command.getOut().flush(); // what was said before stands before
        err.println("strider: " + oneLine(text(command, failure)));
        if (verbose) {
            failure.printStackTrace(err);
        }
        err.flush();
        return code(failure);
    }

    private static int code(Throwable failure) {
        return switch (failure) {
            case ParameterException _, IllegalArgumentException _ -> ExitCode.BAD_INPUT;
            case IOException _, UncheckedIOException _ -> ExitCode.BAD_INPUT;
            default -> ExitCode.FAILED;
        };
    }

    private static String text(CommandLine command, Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String name = command.getCommandSpec().qualifiedName();
        return switch (failure) {
            case ParameterException _ -> message + " (see " + name + " --help)";
            case IllegalArgumentException _,
                    IOException _,
                    UncheckedIOException _,
                    CheckFailedException _ ->
                    words(failure);
            case UnsatisfiedLinkError _ -> message;
            case OutOfMemoryError _ ->
                    "out of memory (" + message + "); smaller sizes or a larger machine are needed";
            default ->
                    "internal error: "
                            + failure
                            + "; "
                            + VERBOSE
                            + " shows where, please report it";
        };
    }

    /** What a failure that speaks for itself says, for people. */
    static String words(Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        if (failure instanceof FileSystemException system && system.getReason() == null) {
            return message + ": " + kind(system);
        }
        return message.isEmpty() ? failure.getClass().getSimpleName() : message;
    }

    /** {@code NoSuchFileException} as "no such file". */
    private static String kind(FileSystemException failure) {
        return failure.getClass()
                .getSimpleName()
                .replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(java.util.Locale.ROOT);
    }

    /** A file's name may hold line breaks and worse; a terminal must not see them. */
    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
    }
}
