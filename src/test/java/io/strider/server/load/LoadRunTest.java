package io.strider.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.server.load.FakeServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadRunTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static LoadOptions closed(int clients, long millis) {
        return options(clients, OptionalDouble.empty(), millis, TIMEOUT);
    }

    private static LoadOptions open(int clients, double rate, long millis) {
        return options(clients, OptionalDouble.of(rate), millis, TIMEOUT);
    }

    private static LoadOptions options(
            int clients, OptionalDouble rate, long millis, Duration timeout) {
        return new LoadOptions(clients, rate, Duration.ZERO, Duration.ofMillis(millis), timeout);
    }

    private static LoadRun run(String url, LoadOptions options) {
        HttpTarget target = HttpTarget.of(url);
        byte[] bytes = target.request("POST", "/", Map.of(), new byte[] {1});
        return new LoadRun(target, options, List.of(new LoadRequest(bytes, 2)));
    }

    @Test
    void inTheClosedLoopAllClientsAskAtOnceAndNoneTwice() throws Exception {
        int clients = 5;
        CyclicBarrier all = new CyclicBarrier(clients); // goes on only if all five are there
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (FakeServer server =
                new FakeServer((_, number) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    if (number < clients) {
                        try {
                            all.await();
                        } catch (java.util.concurrent.BrokenBarrierException broken) {
                            throw new IllegalStateException(broken);
                        }
                    }
                    now.decrementAndGet();
                    return new Reply(200, "{}");
                })) {
            LoadReport report = run(server.url(), closed(clients, 200)).run();
            assertThat(most).hasValue(clients);
            assertThat(report.statuses()).containsOnlyKeys(200);
            assertThat(report.failed()).isZero();
            assertThat(report.firstFailure()).isNull();
            assertThat(report.connections()).isEqualTo(clients);
            assertThat(report.accepted().count())
                    .isBetween((long) clients, (long) server.asked().size());
            assertThat(report.pictures()).isBetween(2L, 2 * report.accepted().count());
            assertThat(report.cpuShare()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void eachStatusIsCountedAndRefusalsAreTimedApart() throws Exception {
        try (FakeServer server =
                new FakeServer((_, number) ->
                        switch (number) {
                            case 1 -> new Reply(429, "later");
                            case 2 -> new Reply(503, "the queue is gone");
                            default -> new Reply(200, "{}");
                        })) {
            LoadReport report = run(server.url(), closed(1, 400)).run();
            assertThat(report.statuses()).containsOnlyKeys(200, 429, 503);
            assertThat(report.refused().count()).isEqualTo(1);
            assertThat(report.failed()).isEqualTo(1);
            assertThat(report.firstFailure()).isEqualTo("status 503, the queue is gone");
            assertThat(report.accepted().count()).isEqualTo(report.statuses().get(200));
        }
    }

    @Test
    void inTheOpenLoopNobodyWaitsForEarlierAnswers() throws Exception {
        CountDownLatch thirty = new CountDownLatch(30);
        try (FakeServer server =
                new FakeServer((_, _) -> {
                    thirty.countDown();
                    thirty.await(); // without it nobody would ever be answered
                    return new Reply(200, "{}");
                })) {
            LoadReport report = run(server.url(), open(64, 200, 200)).run();
            assertThat(report.statuses()).containsExactlyEntriesOf(Map.of(200, 40L));
            assertThat(report.connections()).isBetween(30L, 40L);
        }
    }

    @Test
    void timeCountsFromWhenARequestWasDue() throws Exception {
        try (FakeServer server =
                new FakeServer((_, number) -> {
                    if (number == 0) {
                        Thread.sleep(200); // the others are due meanwhile, but there is one client
                    }
                    return new Reply(200, "{}");
                })) {
            LoadReport report = run(server.url(), open(1, 100, 200)).run();
            assertThat(report.accepted().count()).isEqualTo(20);
            assertThat(report.accepted().p50()).isGreaterThan(90);
            assertThat(report.latestMillis()).isGreaterThan(180);
            assertThat(report.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"NaN", "200"})
    void anAnswerThatDoesNotComeIsAFailure(double rate) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        OptionalDouble given =
                Double.isNaN(rate) ? OptionalDouble.empty() : OptionalDouble.of(rate);
        try (FakeServer server =
                new FakeServer((_, _) -> {
                    never.await();
                    return new Reply(200, "{}");
                })) {
            LoadReport report =
                    run(server.url(), options(1, given, 100, Duration.ofMillis(30))).run();
            assertThat(report.failures()).containsKey("no answer in time");
            assertThat(report.failed()).isPositive();
            if (given.isPresent()) {
                assertThat(report.failed()).isEqualTo(20);
                assertThat(report.failures()).containsKey("no client free in time");
            }
        }
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws Exception {
        String url;
        try (FakeServer server = FakeServer.willing()) {
            url = server.url();
        }
        LoadReport report = run(url, open(2, 100, 50)).run();
        assertThat(report.failures()).containsExactlyEntriesOf(Map.of("connection refused", 5L));
        assertThat(report.firstFailure()).isEqualTo("connection refused");
    }

    @Test
    void aConnectionThatTheServerClosedMeanwhileIsOpenedAgain() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            Thread serving =
                    Thread.startVirtualThread(() -> {
                        while (true) {
                            try (Socket socket = server.accept()) { // one answer, not saying so
                                socket.getInputStream().read(new byte[1000]);
                                socket.getOutputStream()
                                        .write(
                                                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                        .getBytes(StandardCharsets.US_ASCII));
                                served.incrementAndGet();
                            } catch (IOException _) {
                                return;
                            }
                        }
                    });
            LoadReport report = run("127.0.0.1:" + server.getLocalPort(), open(1, 50, 100)).run();
            assertThat(report.statuses()).containsExactlyEntriesOf(Map.of(200, 5L));
            assertThat(report.connections()).isEqualTo(served.get()).isEqualTo(5);
            server.close();
            serving.join();
        }
    }

    @Test
    void whatIsAskedWhileWarmingUpDoesNotCount() throws Exception {
        try (FakeServer server = FakeServer.willing()) {
            LoadOptions options =
                    new LoadOptions(
                            4,
                            OptionalDouble.of(100),
                            Duration.ofMillis(100),
                            Duration.ofMillis(50),
                            TIMEOUT);
            LoadRun run = run(server.url(), options);
            LoadReport report = run.run();
            assertThat(server.asked()).hasSize(15);
            assertThat(report.accepted().count()).isEqualTo(5);
            assertThat(run.progress()).isEqualTo(new LoadProgress(30, 0, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"NaN", "50"})
    void stoppingEndsItWithWhatWasMeasured(double rate) throws Exception {
        OptionalDouble given =
                Double.isNaN(rate) ? OptionalDouble.empty() : OptionalDouble.of(rate);
        CountDownLatch asked = new CountDownLatch(3);
        try (FakeServer server =
                new FakeServer((_, _) -> {
                    asked.countDown();
                    return new Reply(200, "{}");
                })) {
            LoadRun run = run(server.url(), options(2, given, 3_600_000, TIMEOUT));
            Thread stopper =
                    Thread.startVirtualThread(() -> {
                        try {
                            asked.await();
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                        run.stop();
                    });
            LoadReport report = run.run();
            stopper.join();
            assertThat(report.seconds()).isLessThan(3600);
            assertThat(report.accepted().count()).isGreaterThanOrEqualTo(2);
            assertThat(report.failed()).isZero();
        }
    }

    @Test
    void withoutRequestsThereIsNothingToDo() {
        HttpTarget target = HttpTarget.of("a:1");
        LoadOptions options = closed(1, 1);
        assertThatThrownBy(() -> new LoadRun(target, options, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 1, 1, clients",
        "65537, 1, 0, 1, 1, clients",
        "1, 0, 0, 1, 1, rate",
        "1, NaN, 0, 1, 1, rate",
        "1, 1e7, 0, 1, 1, rate",
        "1, 1, -1, 1, 1, warmup",
        "1, 1, 90000, 1, 1, warmup",
        "1, 1, 0, 0, 1, duration",
        "1, 1, 0, 90000, 1, duration",
        "1, 1, 0, 1, 0, timeout",
        "1, 1, 0, 1, 3601, timeout"
    })
    void optionsAreChecked(
            int clients, double rate, long warmup, long duration, long timeout, String word) {
        assertThatThrownBy(() ->
                        new LoadOptions(
                                clients,
                                OptionalDouble.of(rate),
                                Duration.ofSeconds(warmup),
                                Duration.ofSeconds(duration),
                                Duration.ofSeconds(timeout)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(word + ": ")
                .hasMessageContaining("expected: ");
    }
}
