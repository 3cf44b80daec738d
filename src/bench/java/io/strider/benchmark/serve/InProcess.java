package io.strider.benchmark.serve;

import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What {@code strider embed} does, without end and from memory: each thread decodes a batch and
 * runs the network on it. Arguments: the folder of pictures, threads, batch, seconds to warm up,
 * seconds to measure, and the model's file if it is not the packaged one. Prints pictures a second
 * and the median milliseconds that the network took for a batch, all threads being at work.
 */
final class InProcess {
    private InProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<byte[]> pictures = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            for (Path file : files.sorted().toList()) {
                pictures.add(Files.readAllBytes(file));
            }
        }
        int threads = Integer.parseInt(arguments[1]);
        int batch = Integer.parseInt(arguments[2]);
        ImageEmbedder.Builder builder =
                ImageEmbedder.builder().callerComputes(threads).maxBatch(batch);
        if (arguments.length > 5) {
            builder.model(Path.of(arguments[5]));
        }
        AtomicLong done = new AtomicLong();
        AtomicInteger next = new AtomicInteger();
        ConcurrentHistogram nanos = new ConcurrentHistogram(3);
        try (ImageEmbedder embedder = builder.build()) {
            for (int i = 0; i < threads; i++) {
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            while (true) {
                                List<Picture> decoded = decode(pictures, next, batch);
                                long start = System.nanoTime();
                                embedder.embed(decoded);
                                nanos.recordValue(System.nanoTime() - start);
                                done.addAndGet(batch);
                            }
                        });
            }
            Thread.sleep(1000 * Long.parseLong(arguments[3]));
            nanos.reset();
            long before = done.get();
            long start = System.nanoTime();
            Thread.sleep(1000 * Long.parseLong(arguments[4]));
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%.3f %.3f%n",
                    (done.get() - before) / seconds,
                    nanos.getValueAtPercentile(50) / 1e6);
            System.out.flush();
            Runtime.getRuntime().halt(0); // the threads are in the embedder still
        }
    }

    private static List<Picture> decode(List<byte[]> pictures, AtomicInteger next, int batch) {
        List<Picture> decoded = new ArrayList<>();
        ImageDecoder decoder = new ImageDecoder();
        try {
            for (int i = 0; i < batch; i++) {
                int index = Math.floorMod(next.getAndIncrement(), pictures.size());
                decoded.add(decoder.decode(pictures.get(index), "picture " + index));
            }
        } catch (IOException bad) {
            throw new UncheckedIOException(bad);
        }
        return decoded;
    }
}
