package io.strider.server.batching;

import java.util.List;

/**
 * What is done with a batch. Called by several threads at once, for different batches.
 *
 * @param <K> what items that may be computed together have in common
 * @param <T> an item
 * @param <R> what becomes of an item
 */
@FunctionalInterface
public interface Computation<K, T, R> {
    /**
     * Computes a batch.
     *
     * @param key of all the items
     * @param items at least one; not to be modified or kept
     * @return a result for each item, in their order
     * @throws Exception if that fails; each of several items is then tried alone, and one that
     *     fails alone has failed
     */
    List<R> compute(K key, List<T> items) throws Exception;
}
