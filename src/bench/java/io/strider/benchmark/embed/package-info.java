/**
 * {@code scripts/bench embed}: what share of the throughput that decoding and the network allow
 * {@code strider embed} reaches.
 */
@NullMarked
package io.strider.benchmark.embed;

import org.jspecify.annotations.NullMarked;
