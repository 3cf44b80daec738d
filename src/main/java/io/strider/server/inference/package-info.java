/**
 * What the server's endpoints ask of its models: pictures or tensors in, vectors or tensors out,
 * decoded beside the computing, joined into batches, and refused at once where there is no room.
 */
@NullMarked
package io.strider.server.inference;

import org.jspecify.annotations.NullMarked;
