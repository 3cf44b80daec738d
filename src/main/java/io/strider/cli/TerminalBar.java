package io.strider.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A line that is written over and over: how many, how quick, how long still. */
final class TerminalBar implements AutoCloseable {
    /** The library would ask the terminal through native code; as wide as any is. */
    private static final int WIDTH = 79;

    private static final int MILLISECONDS = 250;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter err;
    private final ProgressBar bar;

    TerminalBar(PrintWriter err, long before, long all) {
        this.err = err;
        this.bar =
                new ProgressBarBuilder()
                        .setTaskName("strider:")
                        .setInitialMax(all)
                        .startsFrom(before, Duration.ZERO)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(MILLISECONDS)
                        .showSpeed()
                        .setSpeedUnit(ChronoUnit.SECONDS)
                        .setConsumer(new DelegatingProgressBarConsumer(this::write, WIDTH))
                        .build();
    }

    /** Whether the library, and the one that it needs, are on the class path. */
    static boolean isThere() {
        try {
            Class.forName("me.tongfei.progressbar.ProgressBar");
            Class.forName("org.jline.terminal.Terminal"); // without it nothing would be drawn
            return true;
        } catch (ClassNotFoundException | LinkageError _) {
            return false;
        }
    }

    private synchronized void write(String line) {
        err.print("\r" + line);
        err.flush();
    }

    /** A picture more. */
    void step() {
        bar.step();
    }

    /** A picture more, which failed. */
    void step(long failed) {
        bar.setExtraMessage(" " + failed + " failed");
        bar.step();
    }

    /** Writes a line of another's in the bar's place; the bar comes back by itself below. */
    synchronized void line(String text) {
        err.print(CLEAR);
        err.println(text);
        err.flush();
    }

    @Override
    public void close() {
        bar.close();
        synchronized (this) {
            err.print(CLEAR);
            err.flush();
        }
    }
}
