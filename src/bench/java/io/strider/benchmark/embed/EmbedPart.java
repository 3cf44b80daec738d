package io.strider.benchmark.embed;

import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One half of embedding for itself, by as many threads, from a cold start: {@code decode} reads and
 * decodes every file; {@code network} resizes, normalises and computes as many pictures that were
 * decoded before. Prints seconds for all of them, and the rate of the second half, which is warm.
 */
final class EmbedPart {
    private static final int BATCH = 8;

    private EmbedPart() {}

    /** Does the work for {@code count} pictures from {@code first} on. */
    private interface Work {
        void run(int first, int count) throws IOException;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(arguments[1]))) {
            files = all.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
        }
        int threads = Integer.parseInt(arguments[2]);
        ImageDecoder decoder = new ImageDecoder();
        if (arguments[0].equals("decode")) {
            time(
                    files.size(),
                    threads,
                    (first, count) -> {
                        for (Path file : files.subList(first, first + count)) {
                            if (decoder.decode(file).width() != SyntheticPhotographs.WIDTH) {
                                throw new IOException(file + ": another width");
                            }
                        }
                    });
            return;
        }
        List<Picture> pictures = new ArrayList<>();
        for (Path file : files.subList(0, Math.min(BATCH, files.size()))) {
            pictures.add(decoder.decode(file));
        }
        ImageEmbedder.Builder builder =
                ImageEmbedder.builder().callerComputes(threads).maxBatch(BATCH);
        if (arguments.length > 3) {
            builder.model(Path.of(arguments[3]));
        }
        try (ImageEmbedder embedder = builder.build()) {
            time(files.size(), threads, (_, count) -> embedder.embed(pictures.subList(0, count)));
        }
    }

    private static void time(int all, int threads, Work work) throws InterruptedException {
        long[] ends = new long[(all + BATCH - 1) / BATCH];
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                int batch;
                                while ((batch = next.getAndIncrement()) < ends.length) {
                                    int first = batch * BATCH;
                                    run(work, first, Math.min(BATCH, all - first));
                                    ends[batch] = System.nanoTime();
                                }
                            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(ends);
        int half = ends.length / 2;
        double warm = (ends[ends.length - 1] - ends[half]) / 1e9;
        System.out.printf(
                Locale.ROOT, "%.6f %.6f%n", seconds, warm / (ends.length - 1 - half) * all / BATCH);
    }

    private static void run(Work work, int first, int count) {
        try {
            work.run(first, count);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
