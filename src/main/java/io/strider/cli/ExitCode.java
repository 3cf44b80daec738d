package io.strider.cli;

/** What the process ends with. */
final class ExitCode {
    /** Everything asked for was done. */
    static final int DONE = 0;

    /** A failure that the caller did not cause. */
    static final int FAILED = 1;

    /** Bad arguments, or input or output files that cannot be used. */
    static final int BAD_INPUT = 2;

    /** Done as far as it could be: some of the pictures could not be read. */
    static final int INCOMPLETE = 3;

    /** Ended by Ctrl-C, as shells count it: 128 and the signal's number. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
