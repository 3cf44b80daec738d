package io.strider.benchmark;

import java.util.Locale;

/**
 * One engine's time for one workload.
 *
 * @param median milliseconds a call
 * @param peak GFLOP/s of the fused multiply-adds of as many threads, measured in this run
 * @param core OpenBLAS's name of the kernels it uses
 * @param heapBytes allocated on the heap by one call
 */
record Row(
        String engine,
        Workload workload,
        String layout,
        String algorithm,
        double median,
        double peak,
        String core,
        double heapBytes) {

    static final String HEADER =
            "engine,pass,shape,batch,threads,layout,algorithm,median_ms,gflops,share_of_peak,core";

    /** The same time as a share of another peak. */
    Row withPeak(double other) {
        return new Row(engine, workload, layout, algorithm, median, other, core, heapBytes);
    }

    /** GFLOP/s of the direct formula, whatever the algorithm. */
    double rate() {
        return workload.flops() / median / 1e6;
    }

    String csv() {
        return String.format(
                Locale.ROOT,
                "%s,%s,%s,%d,%d,%s,%s,%.6f,%.3f,%.4f,%s",
                engine,
                workload.pass().text(),
                workload.shape().name(),
                workload.batch(),
                workload.threads(),
                layout,
                field(algorithm),
                median,
                rate(),
                rate() / peak,
                field(core));
    }

    /** Quoted if it has to be: RFC 4180. */
    static String field(String value) {
        return value.matches("[^\",\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }
}
