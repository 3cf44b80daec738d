/**
 * Joins what many callers want computed into batches.
 *
 * <p>Whoever has work {@linkplain io.strider.server.batching.Batcher#reserve reserves} places for
 * all of it first, prepares it, and {@linkplain io.strider.server.batching.Reservation#submit
 * submits} each item with a key. Items of one key may be computed together. A fixed number of
 * threads, the lanes, take batches and compute them, at less precedence than other threads have;
 * the callers wait for the {@linkplain io.strider.server.batching.Ticket tickets}.
 *
 * <p>The package knows neither pictures nor networks.
 */
@NullMarked
package io.strider.server.batching;

import org.jspecify.annotations.NullMarked;
