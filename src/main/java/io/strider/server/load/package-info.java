/**
 * The load generator: asks a server for embeddings as many clients would, and tells how long that
 * took.
 *
 * <p>Two ways to ask. In the closed loop each of N clients waits for its answer before it asks
 * again: that finds the most a server can do. In the open loop requests come at a given rate
 * whether or not earlier ones were answered, as those of people do, and the time of each counts
 * from when it should have been sent: a server that stalls is charged with all who had to wait.
 *
 * <p>The generator shares processors with a server on the same machine, so it speaks HTTP/1.1
 * itself over plain sockets, from requests whose bytes are made beforehand ({@link
 * io.strider.server.load.HttpConnection} says what that saves), and tells which share of the
 * processors it took.
 */
@NullMarked
package io.strider.server.load;

import org.jspecify.annotations.NullMarked;
