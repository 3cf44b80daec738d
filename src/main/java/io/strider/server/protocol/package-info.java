/**
 * The wire formats that the server speaks, bytes to records and back, without HTTP: its own {@code
 * /embed} and {@code /compare}, the embeddings of OpenAI's API, the Open Inference Protocol with
 * its binary tensors, and the OpenAPI document that describes them.
 *
 * <p>What comes in is taken for hostile. Every reader works on a body that is in memory already,
 * checks each count against it before it allocates, and throws nothing but {@link
 * io.strider.server.inference.RefusedException}, whose message names the field, what it holds and
 * what is expected. JSON is read as it streams by, never as a tree: a picture goes from its base64
 * straight into its bytes. Reading allocates at most {@value
 * io.strider.server.protocol.JsonInput#MEMORY_FACTOR} times the body's length, a kilobyte a picture
 * and a megabyte besides, the worst case being tensors of one byte an element.
 *
 * <p>A picture is always given by its bytes. A URL is refused, and nothing is ever fetched.
 *
 * <p>JSON knows neither NaN nor infinity: in an answer either is {@code null}. Base64 and binary
 * answers keep them.
 */
@NullMarked
package io.strider.server.protocol;

import org.jspecify.annotations.NullMarked;
