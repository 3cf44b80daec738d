package io.strider.onnx;

import java.lang.foreign.Arena;

/**
 * What the readers of one file share.
 *
 * @param wire where the file has been read to
 * @param arena where elements go that cannot stay where they are
 * @param external other files that the file names
 */
record ReadContext(WireReader wire, Arena arena, ExternalFiles external) {}
