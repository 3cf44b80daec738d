package io.strider.benchmark.network;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One engine's figures for one network, batch and number of threads.
 *
 * @param workload what was run
 * @param medianMillis of a run
 * @param loadMillis from the call that loads the model to a network that is ready, the first in its
 *     process
 * @param firstMillis from the start of the process to its first result of batch 1; NaN if the
 *     network takes no such batch
 * @param peakBytes of resident memory, in a process that did this alone
 * @param error what is wrong with the result, if anything
 */
record NetworkRow(
        String engine,
        Workload workload,
        double medianMillis,
        double loadMillis,
        double firstMillis,
        long peakBytes,
        Optional<String> error) {

    static final String HEADER =
            "engine,network,batch,threads,median_ms,images_per_s,load_ms,first_ms,peak_rss_mb";

    /** What is run. */
    record Workload(String network, int batch, int threads) {
        @Override
        public String toString() {
            return "%s, batch %d, %d thread%s"
                    .formatted(network, batch, threads, threads == 1 ? "" : "s");
        }
    }

    NetworkRow {
        Objects.requireNonNull(error);
    }

    double imagesPerSecond() {
        return 1000 * workload.batch() / medianMillis;
    }

    double peakMegabytes() {
        return peakBytes / 1e6;
    }

    String csv() {
        String network = workload.network();
        String field =
                network.matches("[^\",\r\n]*")
                        ? network
                        : '"' + network.replace("\"", "\"\"") + '"';
        return String.format(
                Locale.ROOT,
                "%s,%s,%d,%d,%.4f,%.3f,%.2f,%.2f,%.1f",
                engine,
                field,
                workload.batch(),
                workload.threads(),
                medianMillis,
                imagesPerSecond(),
                loadMillis,
                firstMillis,
                peakMegabytes());
    }
}
