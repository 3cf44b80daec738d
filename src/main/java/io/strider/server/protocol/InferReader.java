package io.strider.server.protocol;

import static io.strider.server.protocol.JsonInput.refused;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.NdArray;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one {@link InferRequest}. For one thread. */
final class InferReader {
    /** The longest name of a tensor, and the longest id of a request. */
    static final int MAX_NAME = 256;

    private final byte[] body;
    private final TensorRoom room;

    /** How many of the body's bytes are JSON. */
    private final int jsonLength;

    private final Map<String, NdArray> inputs = new LinkedHashMap<>();
    private final Map<String, @Nullable Boolean> outputs = new LinkedHashMap<>();
    private @Nullable String id;
    private boolean binary;

    /** Where the bytes of the next tensor that is given as such begin. */
    private int nextBytes;

    InferReader(byte[] body, @Nullable String jsonLength, TensorRoom room) throws RefusedException {
        this.body = body;
        this.room = room;
        this.jsonLength = jsonLength == null ? body.length : length(jsonLength, body.length);
        nextBytes = this.jsonLength;
    }

    private static int length(String header, int most) throws RefusedException {
        boolean digits = !header.isEmpty() && header.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || header.length() > 10 || Long.parseLong(header) > most) {
            throw refused(
                    "Inference-Header-Content-Length: %s (expected: 0 to %d, the body's length)"
                            .formatted(JsonInput.shown(header), most));
        }
        return Integer.parseInt(header);
    }

    InferRequest read() throws RefusedException {
        JsonInput.readObject(
                body,
                jsonLength,
                (name, value) -> {
                    switch (name) {
                        case "id" -> id = value.isNull() ? null : value.text("id", MAX_NAME);
                        case "parameters" -> readParameters(value);
                        case "inputs" -> value.array("inputs", this::readInput);
                        case "outputs" -> value.array("outputs", this::readOutput);
                        default -> value.skip();
                    }
                });
        if (inputs.isEmpty()) {
            throw refused("inputs: none (expected: the model's inputs)");
        }
        if (nextBytes != body.length) {
            throw refused(
                    "body: %d bytes behind its JSON (expected: %d, by binary_data_size)"
                            .formatted(body.length - jsonLength, nextBytes - jsonLength));
        }
        Map<String, Boolean> asked = new LinkedHashMap<>();
        outputs.forEach((name, bytes) -> asked.put(name, bytes == null ? binary : bytes));
        return new InferRequest(id, inputs, asked, binary);
    }

    private void readParameters(JsonInput value) throws RefusedException {
        value.object(
                "parameters",
                (name, parameter) -> {
                    if (name.equals("binary_data_output")) {
                        binary = parameter.truth("parameters.binary_data_output");
                    } else {
                        parameter.skip();
                    }
                });
    }

    private void readInput(int index, JsonInput value) throws RefusedException {
        InferInput input = new InferInput("inputs[%d]".formatted(index), body, jsonLength, room);
        value.object(input.path(), input);
        String name = input.name();
        NdArray tensor = input.tensor(nextBytes);
        nextBytes += input.binarySize();
        if (inputs.put(name, tensor) != null) {
            throw refused(
                    "inputs[%d].name: %s, given twice (expected: once)"
                            .formatted(index, JsonInput.shown(name)));
        }
    }

    private void readOutput(int index, JsonInput value) throws RefusedException {
        String path = "outputs[%d]".formatted(index);
        @Nullable String[] name = {null};
        @Nullable Boolean[] bytes = {null};
        value.object(
                path,
                (field, element) -> {
                    switch (field) {
                        case "name" -> name[0] = element.text(path + ".name", MAX_NAME);
                        case "parameters" -> bytes[0] = readOutputParameters(path, element);
                        default -> element.skip();
                    }
                });
        if (name[0] == null) {
            throw refused(path + ".name: missing (expected: a string)");
        }
        if (outputs.containsKey(name[0])) {
            throw refused(
                    "%s.name: %s, given twice (expected: once)"
                            .formatted(path, JsonInput.shown(name[0])));
        }
        outputs.put(name[0], bytes[0]);
    }

    /** Whether the output is asked for as bytes; null if nothing is said. */
    private static @Nullable Boolean readOutputParameters(String path, JsonInput value)
            throws RefusedException {
        @Nullable Boolean[] bytes = {null};
        value.object(
                path + ".parameters",
                (name, parameter) -> {
                    if (name.equals("binary_data")) {
                        bytes[0] = parameter.truth(path + ".parameters.binary_data");
                    } else if (name.equals("classification")) {
                        throw refused(path + ".parameters.classification: not served");
                    } else {
                        refuseSharedMemory(path, name);
                        parameter.skip();
                    }
                });
        return bytes[0];
    }

    /** Where another server would read or write memory, this one must not do something else. */
    static void refuseSharedMemory(String path, String parameter) throws RefusedException {
        if (parameter.startsWith("shared_memory_")) {
            throw refused(
                    "%s.parameters.%s: not served".formatted(path, JsonInput.shown(parameter)));
        }
    }
}
