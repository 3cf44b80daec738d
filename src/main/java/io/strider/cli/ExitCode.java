package io.strider.cli;

/** What the process ends with. */
final class ExitCode {
    /** Everything asked for was done. */
    static final int DONE = 0;

    /** A failure that the caller did not cause. */
    static final int FAILED = 1;

    /** Bad arguments, or input or output files that cannot be used. */
    static final int BAD_INPUT = 2;

    private ExitCode() {}
}
