package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static io.strider.server.protocol.Samples.FACES;
import static io.strider.server.protocol.Samples.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of the Open Inference Protocol, byte for byte. */
class InferAnswersTest {
    private static InferRequest request(String id, boolean binary, Map<String, Boolean> outputs) {
        return new InferRequest(id, Map.of(), outputs, binary);
    }

    @Test
    void answersInJson() throws RefusedException {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        outputs.put(
                "output0",
                NdArray.ofDoubles(
                        ElementType.FLOAT32, new double[] {1, 1.1f, 2, 2.1f, 3, 3.1f}, 3, 2));
        outputs.put("none", NdArray.ofLongs(ElementType.INT64, new long[0], 0));
        Answer answer = InferAnswers.infer(request("4\"2", false, Map.of()), FACES, outputs);
        assertThat(answer.type()).isEqualTo("application/json");
        assertThat(answer.headers()).isEmpty();
        assertThat(text(answer))
                .isEqualTo(
                        "{\"model_name\":\"faces\",\"model_version\":\"2\",\"id\":\"4\\\"2\","
                                + "\"outputs\":[{\"name\":\"output0\",\"datatype\":\"FP32\","
                                + "\"shape\":[3,2],\"data\":[1.0,1.1,2.0,2.1,3.0,3.1]},"
                                + "{\"name\":\"none\",\"datatype\":\"INT64\",\"shape\":[0],"
                                + "\"data\":[]}]}");
    }

    @Test
    void answersWithBytesBehindTheJson() throws RefusedException {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        outputs.put("a", NdArray.ofDoubles(ElementType.FLOAT32, new double[] {1, Double.NaN}, 2));
        outputs.put("b", NdArray.ofDoubles(ElementType.FLOAT64, new double[] {Double.NaN}));
        outputs.put("c", NdArray.ofLongs(ElementType.UINT16, new long[] {258, 65535}, 2));
        Answer answer = InferAnswers.infer(request(null, true, Map.of("b", false)), FACES, outputs);
        assertThat(answer.type()).isEqualTo("application/octet-stream");
        String json =
                "{\"model_name\":\"faces\",\"model_version\":\"2\",\"outputs\":["
                        + "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[2],"
                        + "\"parameters\":{\"binary_data_size\":8}},"
                        + "{\"name\":\"b\",\"datatype\":\"FP64\",\"shape\":[],\"data\":[null]},"
                        + "{\"name\":\"c\",\"datatype\":\"UINT16\",\"shape\":[2],"
                        + "\"parameters\":{\"binary_data_size\":4}}]}";
        assertThat(answer.headers())
                .isEqualTo(Map.of("Inference-Header-Content-Length", "" + json.length()));
        assertThat(new String(answer.body(), 0, json.length(), UTF_8)).isEqualTo(json);
        byte[] behind = Arrays.copyOfRange(answer.body(), json.length(), answer.body().length);
        assertThat(HexFormat.of().formatHex(behind))
                .isEqualTo("0000803f" + "0000c07f" + "0201ffff");
    }

    /** What is answered is a request's input but for the name of its list. */
    @ParameterizedTest
    @EnumSource(ElementType.class)
    void everyTypeComesBackInBothForms(ElementType type) throws RefusedException {
        Random random = new Random(3);
        NdArray array =
                type.isFloating()
                        ? NdArray.ofDoubles(type, random.doubles(210, -99, 99).toArray(), 3, 7, 10)
                        : NdArray.ofLongs(type, random.longs(210).toArray(), 3, 7, 10);
        for (boolean binary : new boolean[] {false, true}) {
            Answer answer =
                    InferAnswers.infer(request("i", binary, Map.of()), FACES, Map.of("x", array));
            String length = answer.headers().get("Inference-Header-Content-Length");
            assertThat(length == null).isEqualTo(!binary);
            byte[] body = answer.body();
            String text = new String(body, java.nio.charset.StandardCharsets.ISO_8859_1);
            byte[] sent =
                    text.replace("\"outputs\"", "\"inputs\" ")
                            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(InferRequest.read(sent, length, TensorRoom.UNBOUNDED).inputs().get("x"))
                    .isEqualTo(array);
        }
    }

    @Test
    void elementsAreWrittenAsTheirTypeWantsThem() throws RefusedException {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        outputs.put("u", NdArray.ofLongs(ElementType.UINT64, new long[] {-1}, 1));
        outputs.put("b", NdArray.ofLongs(ElementType.BOOL, new long[] {0, 1}, 2));
        outputs.put("d", NdArray.ofDoubles(ElementType.FLOAT64, new double[] {0.1, 1e300}, 2));
        outputs.put("h", NdArray.ofDoubles(ElementType.FLOAT16, new double[] {0.1}, 1));
        assertThat(text(InferAnswers.infer(request(null, false, Map.of()), FACES, outputs)))
                .contains(
                        "[18446744073709551615]", "[false,true]", "[0.1,1.0E300]", "[0.099975586]");
    }

    @Test
    void anAnswerTooLargeIsRefused() {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        NdArray large = NdArray.ofLongs(ElementType.INT8, new long[1 << 20], 1 << 20);
        for (int i = 0; i < 40; i++) {
            outputs.put("o" + i, large);
        }
        assertRefused(
                Reason.TOO_LARGE,
                () -> InferAnswers.infer(request(null, false, Map.of()), FACES, outputs),
                "outputs: about 1090519040 bytes");
    }

    @Test
    void describesServerAndModels() {
        assertThat(text(InferAnswers.server("0.1.0")))
                .isEqualTo(
                        "{\"name\":\"strider\",\"version\":\"0.1.0\","
                                + "\"extensions\":[\"binary_tensor_data\"]}");
        assertThat(text(InferAnswers.model(FACES)))
                .isEqualTo(
                        "{\"name\":\"faces\",\"versions\":[\"2\"],\"platform\":\"onnx_onnxv1\","
                                + "\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\","
                                + "\"shape\":[-1,3,7,10]}],"
                                + "\"outputs\":[{\"name\":\"vector\",\"datatype\":\"FP32\","
                                + "\"shape\":[-1,2]}]}");
        assertThat(text(InferAnswers.ready(FACES)))
                .isEqualTo("{\"name\":\"faces\",\"ready\":true}");
    }

    @Test
    void tellsItsHealth() {
        assertThat(text(InferAnswers.live())).isEqualTo("{\"live\":true}");
        assertThat(text(InferAnswers.ready(true))).isEqualTo("{\"ready\":true}");
        assertThat(InferAnswers.ready(true).status()).isEqualTo(200);
        assertThat(text(InferAnswers.ready(false))).isEqualTo("{\"ready\":false}");
        assertThat(InferAnswers.ready(false).status()).isEqualTo(503);
    }

    @Test
    void onlyThePresentVersionIsServed() throws RefusedException {
        InferAnswers.checkVersion(FACES, "2");
        assertRefused(
                Reason.UNKNOWN_MODEL,
                () -> InferAnswers.checkVersion(FACES, "1"),
                "version: 1 of faces (expected: 2)");
    }
}
