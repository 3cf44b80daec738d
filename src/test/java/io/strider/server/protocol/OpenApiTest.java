package io.strider.server.protocol;

import static io.strider.server.protocol.Samples.FACES;
import static io.strider.server.protocol.Samples.embedded;
import static io.strider.server.protocol.Samples.refused;
import static io.strider.server.protocol.Samples.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The document says what the writers write. */
class OpenApiTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final JsonNode DOCUMENT = document();

    private static JsonNode document() {
        try (InputStream stream = Answer.class.getResourceAsStream("openapi.json")) {
            return MAPPER.readTree(Objects.requireNonNull(stream).readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode schema(String name) {
        return DOCUMENT.at("/components/schemas/" + name);
    }

    private static JsonNode resolved(JsonNode schema) {
        JsonNode reference = schema.path("$ref");
        return reference.isMissingNode() ? schema : DOCUMENT.at(reference.asString().substring(1));
    }

    /** Shows that an object has all required fields, and none that the schema does not name. */
    private static void assertFits(JsonNode value, JsonNode schema) {
        JsonNode resolved = resolved(schema);
        if (value.isObject() && resolved.has("properties")) {
            resolved.path("required")
                    .forEach(name -> assertThat(value.has(name.asString())).isTrue());
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                assertThat(resolved.path("properties").propertyNames()).contains(field.getKey());
                assertFits(field.getValue(), resolved.path("properties").path(field.getKey()));
            }
        }
        if (value.isArray() && resolved.has("items")) {
            value.forEach(element -> assertFits(element, resolved.path("items")));
        }
        if (resolved.has("const")) {
            assertThat(value).isEqualTo(resolved.path("const"));
        }
        if (resolved.path("type").isString()) {
            String type = resolved.path("type").asString();
            boolean fits =
                    switch (type) {
                        case "object" -> value.isObject();
                        case "array" -> value.isArray();
                        case "string" -> value.isString();
                        case "integer" -> value.isIntegralNumber();
                        case "boolean" -> value.isBoolean();
                        default -> value.isNumber();
                    };
            assertThat(fits).as("%s is of type %s", value, type).isTrue();
        }
    }

    private static void assertFits(Answer answer, String schema) {
        assertThat(schema(schema).isObject()).as(schema).isTrue();
        assertFits(MAPPER.readTree(answer.body()), schema(schema));
    }

    @Test
    void describesWhatIsAnswered() throws RefusedException {
        PictureRequest two =
                new PictureRequest(
                        null, false, List.of("a", ""), List.of(new byte[1], new byte[1]));
        PictureRequest one = new PictureRequest(null, true, List.of(""), List.of(new byte[1]));
        assertFits(PictureAnswers.embed(one, embedded(vector(1)), null), "OneEmbedding");
        assertFits(
                PictureAnswers.embed(
                        two, embedded(vector(1), refused(Reason.BAD_PICTURE, "x")), null),
                "Embeddings");
        assertFits(
                PictureAnswers.embed(
                        two,
                        embedded(refused(Reason.BAD_PICTURE, "x"), refused(Reason.TOO_LARGE, "x")),
                        null),
                "Embeddings");
        assertFits(PictureAnswers.compare(two, embedded(vector(1), vector(1))), "Similarities");
        OpenAiRequest request = new OpenAiRequest(null, two.pictures(), false, 0);
        assertFits(OpenAiAnswers.embeddings(request, embedded(vector(1))), "OpenAiEmbeddings");
        assertFits(OpenAiAnswers.models(List.of(FACES)), "OpenAiModels");
        assertFits(OpenAiAnswers.model(FACES), "OpenAiModel");
        assertFits(InferAnswers.server("1"), "ServerMetadata");
        assertFits(InferAnswers.model(FACES), "ModelMetadata");
        assertFits(InferAnswers.live(), "Live");
        assertFits(InferAnswers.ready(false), "Ready");
        assertFits(InferAnswers.ready(FACES), "ModelReady");
        assertFits(
                InferAnswers.infer(
                        new InferRequest("1", Map.of(), Map.of(), false),
                        FACES,
                        Map.of("x", NdArray.ofIndices(1, 2))),
                "InferenceResponse");
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = new ArrayList<>();
        collect(DOCUMENT, references);
        assertThat(references).hasSizeGreaterThan(30);
        assertThat(references)
                .allMatch(reference -> !DOCUMENT.at(reference.substring(1)).isMissingNode());
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isString()) {
            references.add(node.path("$ref").asString());
        }
        node.forEach(child -> collect(child, references));
    }

    @Test
    void everySchemaIsUsedAndEveryPathHasAnAnswer() {
        String text = DOCUMENT.toString();
        for (String section : List.of("schemas", "parameters", "requestBodies", "responses")) {
            for (String name : DOCUMENT.at("/components/" + section).propertyNames()) {
                assertThat(text).contains("\"#/components/" + section + "/" + name + "\"");
            }
        }
        for (JsonNode path : DOCUMENT.path("paths")) {
            for (JsonNode operation : path) {
                assertThat(resolved(operation.at("/responses/200")).has("description")).isTrue();
                assertThat(operation.path("operationId").asString()).isNotEmpty();
            }
        }
    }

    @Test
    void namesAllDatatypes() {
        List<String> names = new ArrayList<>();
        schema("Datatype").path("enum").forEach(name -> names.add(name.asString()));
        assertThat(names).allMatch(name -> Datatype.valueOf(name).name().equals(name));
        assertThat(names).hasSameSizeAs(Datatype.values());
    }
}
