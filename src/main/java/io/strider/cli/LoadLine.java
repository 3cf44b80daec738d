package io.strider.cli;

import io.strider.server.load.LoadProgress;
import io.strider.server.load.LoadRun;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A line on a terminal that is written over each second: how far a run is. */
final class LoadLine implements AutoCloseable {
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter err;
    private final LoadRun run;
    private final long all;
    private final CountDownLatch over = new CountDownLatch(1);
    private final @Nullable Thread thread;

    LoadLine(PrintWriter err, LoadRun run, Duration time, boolean shown) {
        this.err = err;
        this.run = run;
        this.all = Math.ceilDiv(time.toMillis(), 1000L);
        this.thread =
                shown
                        ? Thread.ofPlatform().name("strider-load-line").daemon().start(this::show)
                        : null;
    }

    /** Shows nothing if standard error is no terminal. */
    static LoadLine of(PrintWriter err, LoadRun run, Duration time) {
        return new LoadLine(err, run, time, EmbeddingProgress.isTerminal());
    }

    private void show() {
        try {
            LoadProgress before = run.progress();
            for (int second = 1; !over.await(1, TimeUnit.SECONDS); second++) {
                LoadProgress now = run.progress();
                err.print(line(second, all, before, now));
                err.flush();
                before = now;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is shown after a second more. */
    static String line(int second, long all, LoadProgress before, LoadProgress now) {
        return String.format(
                Locale.ROOT,
                "%sstrider: %d of %d s: %d pictures/s, %d refused/s, %d failed",
                CLEAR,
                second,
                all,
                now.pictures() - before.pictures(),
                now.refused() - before.refused(),
                now.failed());
    }

    /** Takes the line away. */
    @Override
    public void close() {
        over.countDown();
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            err.print(CLEAR);
            err.flush();
        }
    }
}
