package io.strider.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far a run is: a line about each failure, and on a terminal a bar. Counts what was done.
 * Thread-safe.
 */
final class EmbeddingProgress implements AutoCloseable {
    private final PrintWriter err;
    private @Nullable TerminalBar bar;
    private long done;
    private long failed;

    /** No bar yet. */
    EmbeddingProgress(PrintWriter err) {
        this.err = err;
    }

    /**
     * Begins to show a bar, if standard error is a terminal and the library for bars is there.
     *
     * @param before how many pictures are done
     * @param all how many there are
     */
    synchronized void show(long before, long all) {
        if (isTerminal()) {
            show(new TerminalBar(err, before, all));
        }
    }

    /** Begins to show a bar. */
    synchronized void show(TerminalBar shown) {
        bar = shown;
    }

    /** Java's console knows of standard input and output only. */
    static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return (target.startsWith("/dev/pts/") || target.startsWith("/dev/tty"))
                    && !"dumb".equals(System.getenv("TERM"))
                    && TerminalBar.isThere();
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    /** A picture more. */
    synchronized void done() {
        done++;
        if (bar != null) {
            bar.step();
        }
    }

    /** A picture or folder that cannot be read. */
    synchronized void failed(String line) {
        failed++;
        String text = "strider: " + Failures.oneLine(line);
        if (bar == null) {
            err.println(text);
            err.flush();
        } else {
            bar.step(failed);
            bar.line(text);
        }
    }

    /** How many pictures were embedded. */
    synchronized long doneCount() {
        return done;
    }

    /** How many things could not be read. */
    synchronized long failedCount() {
        return failed;
    }

    /** Takes the bar away. */
    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
