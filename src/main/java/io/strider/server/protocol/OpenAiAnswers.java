package io.strider.server.protocol;

import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What the endpoints of OpenAI's API answer. */
public final class OpenAiAnswers {
    private OpenAiAnswers() {}

    /**
     * The vectors of a request's pictures. The usage, which OpenAI counts in tokens, counts
     * pictures.
     *
     * @throws RefusedException if a picture was refused, since this protocol has no error for one
     *     of several, or the vectors have another length than the request asks for
     */
    public static Answer embeddings(OpenAiRequest request, EmbeddedPictures embedded)
            throws RefusedException {
        float[][] vectors = new float[embedded.pictures().size()][];
        int numbers = 0;
        for (int i = 0; i < vectors.length; i++) {
            RefusedException refusal = embedded.pictures().get(i).refusal();
            if (refusal != null) {
                throw new RefusedException(
                        refusal.reason(), "input[%d]: %s".formatted(i, refusal.getMessage()));
            }
            vectors[i] = embedded.pictures().get(i).vector();
            numbers += vectors[i].length;
            if (request.dimensions() != 0 && request.dimensions() != vectors[i].length) {
                throw JsonInput.refused(
                        "dimensions: %d (expected: %d, which the model gives; they are not cut)"
                                .formatted(request.dimensions(), vectors[i].length));
            }
        }
        return Answer.json(
                JsonOutput.object(
                        256 + 64 * vectors.length + JsonOutput.FLOAT_LENGTH * numbers,
                        json -> {
                            json.writeStringProperty("object", "list");
                            json.writeArrayPropertyStart("data");
                            for (int i = 0; i < vectors.length; i++) {
                                embedding(json, i, vectors[i], request.base64());
                            }
                            json.writeEndArray();
                            json.writeStringProperty("model", embedded.model().name());
                            json.writeObjectPropertyStart("usage");
                            json.writeNumberProperty("prompt_tokens", vectors.length);
                            json.writeNumberProperty("total_tokens", vectors.length);
                            json.writeEndObject();
                        }));
    }

    private static void embedding(JsonGenerator json, int index, float[] vector, boolean base64) {
        json.writeStartObject();
        json.writeStringProperty("object", "embedding");
        json.writeNumberProperty("index", index);
        json.writeName("embedding");
        if (base64) {
            json.writeBinary(LittleEndian.bytes(vector));
        } else {
            JsonOutput.floats(json, vector);
        }
        json.writeEndObject();
    }

    /** The list of models that embed pictures. */
    public static Answer models(List<ModelDescription> models) {
        return Answer.json(
                JsonOutput.object(
                        64 + 128 * models.size(),
                        json -> {
                            json.writeStringProperty("object", "list");
                            json.writeArrayPropertyStart("data");
                            for (ModelDescription model : models) {
                                if (model.takesPictures()) {
                                    json.writeStartObject();
                                    modelFields(json, model);
                                    json.writeEndObject();
                                }
                            }
                            json.writeEndArray();
                        }));
    }

    /** One model. */
    public static Answer model(ModelDescription model) {
        return Answer.json(JsonOutput.object(128, json -> modelFields(json, model)));
    }

    private static void modelFields(JsonGenerator json, ModelDescription model) {
        json.writeStringProperty("id", model.name());
        json.writeStringProperty("object", "model");
        json.writeNumberProperty("created", 0); // the schema wants a time, and nobody knows it
        json.writeStringProperty("owned_by", "strider");
    }
}
