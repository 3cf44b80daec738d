package io.strider.server.protocol;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.NdArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of the Open Inference Protocol, version 2, to run a network. Immutable.
 *
 * @param id the sender's name for the request, or null
 * @param inputs by name, in the order of the request
 * @param outputs which outputs are asked for, and whether as bytes; if empty, all are
 * @param binary whether outputs that the request does not name are asked for as bytes
 */
public record InferRequest(
        @Nullable String id,
        Map<String, NdArray> inputs,
        Map<String, Boolean> outputs,
        boolean binary) {
    /** Copies the maps. */
    public InferRequest {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /**
     * Reads a request.
     *
     * @param body JSON, and behind it the bytes of those tensors that say so
     * @param jsonLength the header Inference-Header-Content-Length: how many bytes of the body are
     *     JSON; null if all are
     * @param room for the tensors
     * @throws RefusedException if the body is not such a request, its bytes do not add up, or there
     *     is no room for its tensors
     */
    public static InferRequest read(byte[] body, @Nullable String jsonLength, TensorRoom room)
            throws RefusedException {
        return new InferReader(body, jsonLength, room).read();
    }

    /** The names of the outputs that are asked for; empty for all. */
    public List<String> outputNames() {
        return List.copyOf(outputs.keySet());
    }

    /** Whether an output is asked for as bytes. */
    boolean isBinary(String output) {
        return outputs.getOrDefault(output, binary);
    }
}
