package io.strider.conv;

import java.util.Arrays;

/**
 * The ways one product has been cut, a few, so that a run need not find out again nor allocate.
 * Thread-safe.
 */
final class GemmCuts {
    /** Kinds of runs to remember: sizes of batches, as a rule one or two. */
    private static final int MOST = 32;

    private final GemmCut.Product product;

    /** If set, every run is cut for so many threads, whoever computes it. */
    private final int always;

    private volatile GemmCut[] known = {};

    /**
     * Cuts of a product.
     *
     * @param always 0, or a number of threads to cut every run for
     */
    GemmCuts(GemmCut.Product product, int always) {
        this.product = product;
        this.always = always;
    }

    /** How a run is cut. */
    GemmCut of(long batch, int threads) {
        int shared = always > 0 ? always : threads;
        GemmCut[] cuts = known;
        for (GemmCut cut : cuts) {
            if (cut.batch() == batch && cut.threads() == shared) {
                return cut;
            }
        }
        GemmCut cut = GemmCut.of(product, batch, shared);
        GemmCut[] kept = cuts.length < MOST ? Arrays.copyOf(cuts, cuts.length + 1) : new GemmCut[1];
        kept[kept.length - 1] = cut;
        known = kept;
        return cut;
    }
}
