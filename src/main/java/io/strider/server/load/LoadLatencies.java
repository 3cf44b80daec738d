package io.strider.server.load;

import org.HdrHistogram.Histogram;

/**
 * How long answers took, in milliseconds: the median, so many parts of all, and the longest. Zeros
 * if there were none.
 *
 * @param count how many answers
 */
public record LoadLatencies(
        long count, double p50, double p90, double p99, double p999, double max) {
    static LoadLatencies of(Histogram nanos) {
        return new LoadLatencies(
                nanos.getTotalCount(),
                milliseconds(nanos, 50),
                milliseconds(nanos, 90),
                milliseconds(nanos, 99),
                milliseconds(nanos, 99.9),
                nanos.getMaxValue() / 1e6);
    }

    private static double milliseconds(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
