package io.strider.server.protocol;

import io.strider.graph.GraphInput;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** What the endpoints of the Open Inference Protocol answer. */
public final class InferAnswers {
    /** The most characters of a number in JSON, its comma included: a float64's. */
    private static final int NUMBER_LENGTH = 26;

    private InferAnswers() {}

    /**
     * What the server is.
     *
     * @param version the server's
     */
    public static Answer server(String version) {
        return Answer.json(
                JsonOutput.object(
                        128,
                        json -> {
                            json.writeStringProperty("name", "strider");
                            json.writeStringProperty("version", version);
                            json.writeArrayPropertyStart("extensions");
                            json.writeString("binary_tensor_data");
                            json.writeEndArray();
                        }));
    }

    /** What a model takes and gives. */
    public static Answer model(ModelDescription model) {
        return Answer.json(
                JsonOutput.object(
                        512,
                        json -> {
                            json.writeStringProperty("name", model.name());
                            json.writeArrayPropertyStart("versions");
                            json.writeString(version(model));
                            json.writeEndArray();
                            json.writeStringProperty("platform", "onnx_onnxv1");
                            tensors(json, "inputs", model.inputs());
                            tensors(json, "outputs", model.outputs());
                        }));
    }

    private static void tensors(JsonGenerator json, String name, List<GraphInput> tensors) {
        json.writeArrayPropertyStart(name);
        for (GraphInput tensor : tensors) {
            json.writeStartObject();
            JsonOutput.text(json, "name", tensor.name());
            json.writeStringProperty("datatype", Datatype.of(tensor.type()));
            shape(json, tensor.shape()); // a free size is −1 in both
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void shape(JsonGenerator json, long... shape) {
        json.writeName("shape");
        json.writeArray(shape, 0, shape.length);
    }

    /** That the server runs. */
    public static Answer live() {
        return Answer.json(JsonOutput.object(16, json -> json.writeBooleanProperty("live", true)));
    }

    /**
     * Whether the server answers requests.
     *
     * @param ready if not, the status is 503
     */
    public static Answer ready(boolean ready) {
        return new Answer(
                ready ? 200 : 503,
                JsonOutput.TYPE,
                JsonOutput.object(16, json -> json.writeBooleanProperty("ready", ready)),
                Map.of());
    }

    /** That a model is ready, which it is as soon as there is one of its name. */
    public static Answer ready(ModelDescription model) {
        return Answer.json(
                JsonOutput.object(
                        64,
                        json -> {
                            json.writeStringProperty("name", model.name());
                            json.writeBooleanProperty("ready", true);
                        }));
    }

    /**
     * Checks the version that an address names.
     *
     * @throws RefusedException if the model has another now
     */
    public static void checkVersion(ModelDescription model, String version)
            throws RefusedException {
        if (!version.equals(version(model))) {
            throw new RefusedException(
                    Reason.UNKNOWN_MODEL,
                    "version: %s of %s (expected: %s)"
                            .formatted(JsonInput.shown(version), model.name(), version(model)));
        }
    }

    private static String version(ModelDescription model) {
        return String.valueOf(model.version());
    }

    /**
     * A network's outputs: JSON, and behind it the bytes of those that were asked for as such. The
     * header Inference-Header-Content-Length then says where the JSON ends. NaN and infinity are
     * {@code null} in JSON.
     *
     * @param outputs in the order of the answer
     * @throws RefusedException if the outputs are too large for an answer
     */
    public static Answer infer(
            InferRequest request, ModelDescription model, Map<String, NdArray> outputs)
            throws RefusedException {
        checkSize(request, outputs);
        List<byte[]> binary = new ArrayList<>();
        byte[] json =
                JsonOutput.object(
                        1024,
                        generator -> {
                            generator.writeStringProperty("model_name", model.name());
                            generator.writeStringProperty("model_version", version(model));
                            if (request.id() != null) {
                                JsonOutput.text(generator, "id", request.id());
                            }
                            generator.writeArrayPropertyStart("outputs");
                            outputs.forEach((name, output) ->
                                    output(generator, request, name, output, binary));
                            generator.writeEndArray();
                        });
        if (binary.isEmpty()) {
            return Answer.json(json);
        }
        int length = json.length;
        for (byte[] bytes : binary) {
            length += bytes.length;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream(length);
        body.writeBytes(json);
        binary.forEach(body::writeBytes);
        return new Answer(
                200,
                PictureAnswers.BINARY,
                body.toByteArray(),
                Map.of("Inference-Header-Content-Length", String.valueOf(json.length)));
    }

    private static void checkSize(InferRequest request, Map<String, NdArray> outputs)
            throws RefusedException {
        long bytes = 0;
        for (Map.Entry<String, NdArray> output : outputs.entrySet()) {
            NdArray array = output.getValue();
            boolean binary = request.isBinary(output.getKey());
            bytes += (long) array.count() * (binary ? array.type().bytes() : NUMBER_LENGTH);
        }
        if (bytes > Integer.MAX_VALUE / 2) {
            throw new RefusedException(
                    Reason.TOO_LARGE,
                    "outputs: about %d bytes (expected: at most %d; ask for fewer, or binary_data)"
                            .formatted(bytes, Integer.MAX_VALUE / 2));
        }
    }

    private static void output(
            JsonGenerator json,
            InferRequest request,
            String name,
            NdArray output,
            List<byte[]> binary) {
        json.writeStartObject();
        JsonOutput.text(json, "name", name);
        json.writeStringProperty("datatype", Datatype.of(output.type()));
        shape(json, output.shape());
        if (request.isBinary(name)) {
            byte[] bytes = LittleEndian.bytes(output);
            binary.add(bytes);
            json.writeObjectPropertyStart("parameters");
            json.writeNumberProperty("binary_data_size", bytes.length);
            json.writeEndObject();
        } else {
            json.writeArrayPropertyStart("data");
            for (int i = 0; i < output.count(); i++) {
                element(json, output, i);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void element(JsonGenerator json, NdArray array, int index) {
        ElementType type = array.type();
        if (type == ElementType.FLOAT64) {
            JsonOutput.number(json, array.getDouble(index));
        } else if (type.isFloating()) {
            JsonOutput.number(json, (float) array.getDouble(index));
        } else if (type == ElementType.BOOL) {
            json.writeBoolean(array.getLong(index) == 1);
        } else if (type == ElementType.UINT64) {
            json.writeNumber(Long.toUnsignedString(array.getLong(index)));
        } else {
            json.writeNumber(array.getLong(index));
        }
    }
}
