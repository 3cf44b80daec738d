package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamResultsTest {
    private static final PictureFile.Stamp STAMP = new PictureFile.Stamp(1, 1);

    private static List<PictureFile> files(int count) {
        return IntStream.range(0, count).mapToObj(i -> new PictureFile(Path.of("p" + i))).toList();
    }

    @Test
    void rowsComeInOrderThoughTheWindowIsSmall() throws Exception {
        StringWriter text = new StringWriter();
        StreamResults results =
                new StreamResults(files(500), EmbeddingFormat.CSV, new PrintWriter(text), 5);
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                int index;
                                while ((index = next.getAndIncrement()) < 500) {
                                    put(results, index);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        List<String> lines = text.toString().lines().toList();
        assertThat(lines).hasSize(1 + 500 - 50).startsWith("path,0");
        List<Integer> order =
                lines.stream()
                        .skip(1)
                        .map(line -> Integer.valueOf(line.substring(1, line.indexOf(','))))
                        .toList();
        assertThat(order).isSorted().doesNotHaveDuplicates().noneMatch(i -> i % 10 == 3);
    }

    private static void put(StreamResults results, int index) {
        try {
            if (index % 10 == 3) {
                results.skip(index);
            } else {
                results.put(index, STAMP, new float[] {index});
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void stoppingLetsThoseGoWhoWait() throws InterruptedException {
        StringWriter text = new StringWriter();
        StreamResults results =
                new StreamResults(files(9), EmbeddingFormat.JSONL, new PrintWriter(text), 2);
        Thread ahead = Thread.ofPlatform().start(() -> put(results, 7));
        while (ahead.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        results.stop();
        ahead.join();
        assertThat(text.toString()).isEmpty();
    }

    @Test
    void aClosedPipeIsAFailure() {
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        throw new IOException("broken pipe");
                    }
                };
        StreamResults results =
                new StreamResults(
                        files(3),
                        EmbeddingFormat.JSONL,
                        new PrintWriter(closed, false, StandardCharsets.UTF_8),
                        3);
        assertThatIOException()
                .isThrownBy(() -> results.put(0, STAMP, new float[] {1}))
                .withMessageContaining("standard output");
    }
}
