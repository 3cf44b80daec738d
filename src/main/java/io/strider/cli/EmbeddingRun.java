package io.strider.cli;

import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.ImageFormatException;
import io.strider.embedding.Picture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Embeds pictures by several threads. Each takes the next batch, decodes it, and runs the network
 * on it all by itself: so decoding and computing overlap, nothing is handed over, and no thread
 * waits for another. For one run.
 */
final class EmbeddingRun {
    private static final int LEAST_PIXELS = 1 << 20;

    private final ImageEmbedder embedder;
    private final ImageDecoder decoder;
    private final List<PictureFile> files;
    private final EmbeddingResults results;
    private final EmbeddingProgress progress;
    private final int threads;

    /** The pictures to be embedded, and how many of them are taken. */
    private final int[] open;

    private int taken;

    /** A thread's batch is computed early when its decoded pictures have so many pixels. */
    private final long mostPixels;

    /** Decoding that the heap was too small for is tried again by one thread alone. */
    private final ReentrantReadWriteLock heap = new ReentrantReadWriteLock();

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    /** A picture that was read. */
    private record Decoded(int index, PictureFile.Stamp stamp, Picture picture) {}

    EmbeddingRun(
            ImageEmbedder embedder,
            ImageDecoder decoder,
            List<PictureFile> files,
            EmbeddingResults results,
            EmbeddingProgress progress,
            int threads) {
        this.embedder = embedder;
        this.decoder = decoder;
        this.files = files;
        this.results = results;
        this.progress = progress;
        this.threads = threads;
        this.open = IntStream.range(0, files.size()).filter(i -> !results.has(i)).toArray();
        // An eighth of the heap for all of them; a pixel takes three bytes.
        this.mostPixels =
                Math.max(LEAST_PIXELS, Runtime.getRuntime().maxMemory() / 8 / 3 / threads);
    }

    /** How many pictures there are to be embedded. */
    int size() {
        return open.length;
    }

    /**
     * Embeds all of them, or until {@link #stop}.
     *
     * @throws IOException if the results cannot be written
     */
    void run() throws IOException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(threads, open.length); i++) {
            workers.add(Thread.ofPlatform().name("strider-embed-" + i).daemon().start(this::work));
        }
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (true) {
                try {
                    worker.join();
                    break;
                } catch (InterruptedException _) {
                    interrupted = true;
                    stop();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure.get()) {
            case null -> {}
            case IOException failed -> throw failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable failed -> throw new IllegalStateException(failed);
        }
    }

    /** Lets the threads end after the pictures that they are at. */
    void stop() {
        stopped = true;
        results.stop();
    }

    /** Whether it was stopped before all was done. */
    boolean isStopped() {
        return stopped;
    }

    private void work() {
        try {
            int[] batch = next();
            while (batch.length > 0) {
                embed(batch);
                batch = next();
            }
        } catch (Throwable failed) {
            failure.compareAndSet(null, failed);
            stop();
        }
    }

    /**
     * The next pictures: a power of two, as the network has a plan for each size of a batch, and
     * few near the end, so that all threads end together.
     */
    private synchronized int[] next() {
        int left = open.length - taken;
        if (stopped || left == 0) {
            return new int[0];
        }
        int fair = Math.max(1, left / (2 * threads));
        int size = Math.min(embedder.maxBatch(), Integer.highestOneBit(fair));
        int[] batch = new int[size];
        System.arraycopy(open, taken, batch, 0, size);
        taken += size;
        return batch;
    }

    private void embed(int[] batch) throws IOException {
        List<Decoded> decoded = new ArrayList<>(batch.length);
        long pixels = 0;
        for (int index : batch) {
            if (stopped) {
                return;
            }
            try {
                PictureFile.Stamp stamp = files.get(index).stamp();
                Picture picture = decode(files.get(index));
                decoded.add(new Decoded(index, stamp, picture));
                pixels += (long) picture.height() * picture.width();
            } catch (IOException unreadable) {
                fail(index, Failures.words(unreadable));
            }
            if (pixels >= mostPixels) {
                embed(decoded);
                decoded.clear();
                pixels = 0;
            }
        }
        embed(decoded);
    }

    private Picture decode(PictureFile file) throws IOException {
        heap.readLock().lock();
        try {
            return decoder.decode(file.path());
        } catch (ImageFormatException refused) {
            if (!(refused.getCause() instanceof OutOfMemoryError)) {
                throw refused;
            }
        } finally {
            heap.readLock().unlock();
        }
        heap.writeLock().lock();
        try {
            return decoder.decode(file.path());
        } finally {
            heap.writeLock().unlock();
        }
    }

    private void embed(List<Decoded> batch) throws IOException {
        if (stopped || batch.isEmpty()) {
            return;
        }
        List<float[]> vectors;
        try {
            vectors = embedder.embed(batch.stream().map(Decoded::picture).toList());
        } catch (IllegalArgumentException refused) { // of a size that the network cannot take
            if (batch.size() == 1) {
                String name = files.get(batch.getFirst().index()).name();
                fail(batch.getFirst().index(), name + ": " + refused.getMessage());
            } else {
                for (Decoded each : batch) {
                    embed(List.of(each));
                }
            }
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            put(batch.get(i), vectors.get(i));
        }
    }

    private void put(Decoded picture, float[] vector) throws IOException {
        try {
            results.put(picture.index(), picture.stamp(), vector);
            progress.done();
        } catch (IllegalArgumentException refused) { // of another length than the others
            fail(picture.index(), String.valueOf(refused.getMessage()));
        }
    }

    private void fail(int index, String line) throws IOException {
        progress.failed(line);
        results.skip(index);
    }
}
