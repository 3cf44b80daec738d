package io.strider.server.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run against a server. {@link #run} may be called once; the other methods from any thread
 * meanwhile.
 */
public final class LoadRun {
    /** Who was not answered with 200 waits a little: asking in vain costs both sides. */
    private static final long PAUSE_MILLIS = 100;

    private final HttpTarget target;
    private final LoadOptions options;
    private final List<LoadRequest> requests;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong opened = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final long start = System.nanoTime();
    private final long from;
    private final long to;
    private final LoadTally tally;

    /**
     * Its time begins now.
     *
     * @param requests sent in turn, at least one
     */
    public LoadRun(HttpTarget target, LoadOptions options, List<LoadRequest> requests) {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("requests: none (expected: at least one)");
        }
        this.target = target;
        this.options = options;
        this.requests = List.copyOf(requests);
        this.from = start + options.warmup().toNanos();
        this.to = from + options.duration().toNanos();
        this.tally = new LoadTally(from, to);
    }

    /** How far it is. */
    public LoadProgress progress() {
        return tally.progress();
    }

    /** Sends nothing more; {@link #run} then returns what was measured until now. */
    public void stop() {
        stopped.countDown();
    }

    /**
     * Asks until the time is over or it is stopped, and waits for all answers.
     *
     * @throws InterruptedException if this thread is interrupted; nothing more is sent
     */
    public LoadReport run() throws InterruptedException {
        try {
            return options.rate().isPresent() ? open(1e9 / options.rate().getAsDouble()) : closed();
        } finally {
            stop();
        }
    }

    private LoadReport closed() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < options.clients(); i++) {
            threads.add(
                    Thread.ofPlatform()
                            .name("strider-load-" + i)
                            .daemon()
                            .start(this::askAgainAndAgain));
        }
        waitUntil(from);
        Window window = new Window();
        waitUntil(to);
        window.end();
        stop();
        for (Thread thread : threads) {
            thread.join();
        }
        return window.report();
    }

    private void askAgainAndAgain() {
        try (LoadClient client = new LoadClient(target, options.timeout(), opened)) {
            boolean ended = false;
            while (!ended) {
                long begin = System.nanoTime();
                LoadRequest request = request();
                LoadOutcome outcome = client.ask(request);
                tally.add(begin, begin, System.nanoTime(), request.pictures(), outcome);
                ended =
                        stopped.await(
                                outcome.isAccepted() ? 0 : PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread for each request, which takes a connection that is free or opens one more. */
    private LoadReport open(double intervalNanos) throws InterruptedException {
        Deque<LoadClient> free = new ConcurrentLinkedDeque<>();
        Semaphore permits = new Semaphore(options.clients());
        Window window = null;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0; ; i++) {
                long due = start + (long) (i * intervalNanos);
                if (window == null && due - from >= 0) {
                    waitUntil(from);
                    window = new Window();
                }
                if (due - to >= 0 || waitUntil(due)) {
                    break;
                }
                threads.execute(() -> askOnce(due, permits, free));
            }
            waitUntil(to);
            window = window == null ? new Window() : window;
            window.end();
            // The end of the block waits for the answers.
        } finally {
            free.forEach(LoadClient::close);
        }
        return window.report();
    }

    private void askOnce(long due, Semaphore permits, Deque<LoadClient> free) {
        LoadRequest request = request();
        try {
            long left = due + options.timeout().toNanos() - System.nanoTime();
            if (!permits.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                tally.add(
                        due,
                        now,
                        now,
                        request.pictures(),
                        LoadOutcome.failed("no client free in time"));
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        LoadClient client = free.pollFirst(); // the last that was used: others may rest
        try {
            if (client == null) {
                client = new LoadClient(target, options.timeout(), opened);
            }
            long sent = System.nanoTime();
            LoadOutcome outcome = client.ask(request);
            tally.add(due, sent, System.nanoTime(), request.pictures(), outcome);
        } finally {
            if (client != null) {
                free.addFirst(client);
            }
            permits.release();
        }
    }

    private LoadRequest request() {
        return requests.get(Math.floorMod(next.getAndIncrement(), requests.size()));
    }

    /** Whether it was stopped meanwhile. */
    private boolean waitUntil(long time) throws InterruptedException {
        return stopped.await(Math.max(0, time - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** What was measured: how long, and what this process computed meanwhile. */
    private final class Window {
        private final long begin = System.nanoTime();
        private final long cpuBegin = cpuNanos();
        private double seconds;
        private double cpuSeconds;

        void end() {
            long now = System.nanoTime();
            tally.end(now);
            seconds = Math.max(now - begin, 1) / 1e9;
            cpuSeconds = (cpuNanos() - cpuBegin) / 1e9;
        }

        LoadReport report() {
            return tally.report(seconds, cpuSeconds, opened.get());
        }

        private static long cpuNanos() {
            return ManagementFactory.getOperatingSystemMXBean()
                            instanceof OperatingSystemMXBean system
                    ? system.getProcessCpuTime()
                    : 0;
        }
    }
}
