package io.strider.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What is done on Ctrl-C, or when the process is asked to end otherwise. */
final class Interruption implements AutoCloseable {
    /** With what is done before and after, less than a second. */
    private static final long WAIT_MILLISECONDS = 800;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;

    /**
     * From now on a signal runs this.
     *
     * @param stop asks the work to end
     * @param last said when it has ended, or has not after a while
     */
    Interruption(Runnable stop, Runnable last) {
        hook =
                Thread.ofPlatform()
                        .name("strider-interruption")
                        .unstarted(() -> {
                            stop.run();
                            await();
                            last.run();
                        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void await() {
        try {
            if (!over.await(WAIT_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                return; // threads end with the process
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work has ended. */
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending, and the hook running.
        }
    }
}
