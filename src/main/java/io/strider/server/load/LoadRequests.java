package io.strider.server.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the bytes of requests: pictures in turn, so many to each. What the server alone knows, its
 * models' names and inputs, it is asked for.
 */
public final class LoadRequests {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String BOUNDARY = "strider-load-7d1a90c4e5b2";
    private static final int KEPT = 1 << 20;
    private static final int OK = 200;

    private final HttpTarget target;
    private final Duration timeout;
    private final int perRequest;
    private final @Nullable String model;
    private final @Nullable String key;

    /**
     * Makes no request yet.
     *
     * @param target the server
     * @param timeout for what it is asked
     * @param perRequest how many pictures, or rows of a tensor, each has
     * @param model its name; null for the server's default
     * @param key what the server asks for; null for nothing
     */
    public LoadRequests(
            HttpTarget target,
            Duration timeout,
            int perRequest,
            @Nullable String model,
            @Nullable String key) {
        this.target = target;
        this.timeout = timeout;
        this.perRequest = perRequest;
        this.model = model;
        this.key = key;
    }

    /**
     * Requests for these pictures. There are as many as it takes for each picture to come once; the
     * last begins again with the first pictures.
     *
     * @param protocol {@link LoadProtocol#EMBED} or {@link LoadProtocol#OPENAI}
     * @param pictures files of pictures, at least one, not modified
     * @throws IOException if the server does not say which models it has
     */
    public List<LoadRequest> ofPictures(LoadProtocol protocol, List<byte[]> pictures)
            throws IOException {
        String named = model == null && protocol == LoadProtocol.OPENAI ? defaultModel() : model;
        List<LoadRequest> requests = new ArrayList<>();
        for (int first = 0; first < pictures.size(); first += perRequest) {
            List<byte[]> group = new ArrayList<>();
            for (int i = 0; i < perRequest; i++) {
                group.add(pictures.get((first + i) % pictures.size()));
            }
            byte[] bytes =
                    switch (protocol) {
                        case EMBED -> embed(group, named);
                        case OPENAI -> openAi(group, named);
                        case INFER ->
                                throw new IllegalArgumentException(
                                        "protocol: INFER takes tensors (expected: EMBED or OPENAI)");
                    };
            requests.add(new LoadRequest(bytes, perRequest));
        }
        return requests;
    }

    /**
     * A request that runs the model on a tensor of numbers from 0 to 1, the same in each run.
     *
     * @param shape of one row, for an input with free dimensions; empty to take the model's own
     * @throws IOException if the server does not describe the model
     * @throws IllegalArgumentException if the model has other inputs than one of float32 with a
     *     free first dimension, or the shape is missing or does not fit
     */
    public LoadRequest ofTensor(List<Integer> shape) throws IOException {
        String named = model == null ? defaultModel() : model;
        JsonNode inputs = ask("/v2/models/" + named).path("inputs");
        JsonNode input = inputs.path(0);
        if (inputs.size() != 1 || !input.path("datatype").asString("").equals("FP32")) {
            throw new IllegalArgumentException(
                    "model %s: inputs %s (expected: one of FP32)".formatted(named, inputs));
        }
        List<Long> whole = new ArrayList<>();
        for (JsonNode size : input.path("shape")) {
            whole.add(size.asLong(-1));
        }
        if (whole.isEmpty() || (whole.getFirst() >= 0 && whole.getFirst() != perRequest)) {
            throw new IllegalArgumentException(
                    "model %s: input %s of shape %s (expected: a free first dimension)"
                            .formatted(named, input.path("name").asString(""), whole));
        }
        List<Long> row = row(named, whole.subList(1, whole.size()), shape);
        whole.clear();
        whole.add((long) perRequest);
        whole.addAll(row);
        long count = whole.stream().reduce(1L, Math::multiplyExact);
        byte[] bytes = new byte[Math.toIntExact(Math.multiplyExact(count, Float.BYTES))];
        ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(1);
        while (values.hasRemaining()) {
            values.putFloat(random.nextFloat());
        }
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", input.path("name").asString(""));
        described.put("shape", whole);
        described.put("datatype", "FP32");
        described.put("parameters", Map.of("binary_data_size", bytes.length));
        byte[] head =
                JSON.writeValueAsBytes(
                        Map.of(
                                "inputs",
                                List.of(described),
                                "parameters",
                                Map.of("binary_data_output", true)));
        ByteArrayOutputStream body = new ByteArrayOutputStream(head.length + bytes.length);
        body.writeBytes(head);
        body.writeBytes(bytes);
        return new LoadRequest(
                target.request(
                        "POST",
                        "/v2/models/" + named + "/infer",
                        headers(
                                Map.of(
                                        "Content-Type",
                                        "application/octet-stream",
                                        "Inference-Header-Content-Length",
                                        Integer.toString(head.length))),
                        body.toByteArray()),
                perRequest);
    }

    private static List<Long> row(String model, List<Long> own, List<Integer> told) {
        boolean fits = told.isEmpty() || told.size() == own.size();
        List<Long> row = new ArrayList<>();
        for (int i = 0; fits && i < own.size(); i++) {
            long size = told.isEmpty() ? own.get(i) : told.get(i);
            fits = size >= 0 && (own.get(i) < 0 || own.get(i) == size);
            row.add(size);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "shape: %s (expected: one that fits a row of model %s, %s, where -1 is free)"
                            .formatted(told.isEmpty() ? "missing" : told, model, own));
        }
        return row;
    }

    private byte[] embed(List<byte[]> group, @Nullable String named) {
        String path = named == null ? "/embed" : "/embed?model=" + named;
        if (group.size() == 1) {
            return target.request(
                    "POST",
                    path,
                    headers(Map.of("Content-Type", "application/octet-stream")),
                    group.getFirst());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < group.size(); i++) {
            String head =
                    "--%s\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"%d\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                            .formatted(BOUNDARY, i);
            body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(group.get(i));
            body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return target.request(
                "POST",
                path,
                headers(Map.of("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)),
                body.toByteArray());
    }

    private byte[] openAi(List<byte[]> group, @Nullable String named) {
        List<String> input = group.stream().map(Base64.getEncoder()::encodeToString).toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", named);
        body.put("input", input);
        body.put("encoding_format", "base64");
        return target.request(
                "POST",
                "/v1/embeddings",
                headers(Map.of("Content-Type", "application/json")),
                JSON.writeValueAsBytes(body));
    }

    private Map<String, String> headers(Map<String, String> own) {
        Map<String, String> headers = new LinkedHashMap<>(own);
        if (key != null) {
            headers.put("Authorization", "Bearer " + key);
        }
        return headers;
    }

    private String defaultModel() throws IOException {
        String name = ask("/v1/models").path("data").path(0).path("id").asString("");
        if (name.isEmpty()) {
            throw new IOException(
                    "%s/v1/models names no model (expected: a server of embeddings, or a model's name)"
                            .formatted(target.url()));
        }
        return name;
    }

    private JsonNode ask(String path) throws IOException {
        try (HttpConnection connection = HttpConnection.open(target, timeout)) {
            HttpAnswer answer =
                    connection.send(
                            target.request("GET", path, headers(Map.of()), new byte[0]), KEPT);
            if (answer.status() != OK) {
                throw new IOException(
                        "%s%s: status %d, %s"
                                .formatted(target.url(), path, answer.status(), answer.body()));
            }
            return JSON.readTree(answer.body());
        } catch (JacksonException bad) {
            throw new IOException(
                    "%s%s: no JSON (expected: a server of embeddings)"
                            .formatted(target.url(), path),
                    bad);
        }
    }
}
