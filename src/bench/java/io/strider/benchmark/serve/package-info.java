/**
 * {@code scripts/bench serve}: how much of the throughput that the library has in process reaches
 * clients of the server, how long answers take at half of that, and whether twice of it does harm.
 */
@NullMarked
package io.strider.benchmark.serve;

import org.jspecify.annotations.NullMarked;
