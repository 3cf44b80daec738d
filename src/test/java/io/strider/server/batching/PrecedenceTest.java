package io.strider.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A lane computes without end; those who talk with clients must not wait for it. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class PrecedenceTest {
    private static final long NEVER = Long.MAX_VALUE / 2;

    @Test
    void lanesStandBehindOtherThreads() throws Exception {
        Batcher<String, Integer, Long> batcher =
                Batcher.start(
                        new BatcherOptions("test", 1, 1, Duration.ZERO, 1),
                        _ -> 1,
                        (_, _) -> List.of(nice()));
        try (batcher;
                Reservation<String, Integer, Long> place =
                        batcher.reserve("anyone", 1, NEVER).orElseThrow()) {
            Outcome<Long> outcome = place.submit("key", 1).await();
            assertThat(outcome).isInstanceOf(Outcome.Done.class);
            long lane = ((Outcome.Done<Long>) outcome).value();
            assertThat(lane).isEqualTo(Math.min(19, nice() + 5));
        }
    }

    /** Of the calling thread: the 19th value of its line, which begins with a name in brackets. */
    private static long nice() throws IOException {
        String line = Files.readString(Path.of("/proc/thread-self/stat"));
        return Long.parseLong(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[16]);
    }
}
