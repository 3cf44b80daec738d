package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of the Open Inference Protocol, in JSON and with bytes behind it. */
class InferRequestTest {
    private static InferRequest read(String json) throws RefusedException {
        return InferRequest.read(json.getBytes(UTF_8), null, TensorRoom.UNBOUNDED);
    }

    /** A request with bytes, given in hexadecimal, behind its JSON. */
    private static InferRequest read(String json, String hex) throws RefusedException {
        byte[] text = json.getBytes(UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(text);
        body.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
        return InferRequest.read(
                body.toByteArray(), String.valueOf(text.length), TensorRoom.UNBOUNDED);
    }

    private static String input(String datatype, String shape, String rest) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,%s}]}"
                .formatted(datatype, shape, rest);
    }

    private static NdArray data(String datatype, String shape, String data)
            throws RefusedException {
        return read(input(datatype, shape, "\"data\":" + data)).inputs().get("x");
    }

    private static NdArray bytes(String datatype, String shape, String hex)
            throws RefusedException {
        int size = hex.replace(" ", "").length() / 2;
        String parameters = "\"parameters\":{\"binary_data_size\":%d}".formatted(size);
        return read(input(datatype, shape, parameters), hex).inputs().get("x");
    }

    private static NdArray floats(ElementType type, double... values) {
        return NdArray.ofDoubles(type, values, values.length);
    }

    private static NdArray longs(ElementType type, long... values) {
        return NdArray.ofLongs(type, values, values.length);
    }

    @Test
    void readsARequestOfTheSpecification() throws RefusedException {
        InferRequest request =
                read(
                        """
                        {
                          "id" : "42",
                          "inputs" : [
                            { "name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32",
                              "data" : [ 1, 2, 3, 4 ] },
                            { "name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL",
                              "data" : [ true, false, true ] }
                          ],
                          "outputs" : [ { "name" : "output0" } ]
                        }
                        """);
        assertThat(request.id()).isEqualTo("42");
        assertThat(request.inputs().keySet()).containsExactly("input0", "input1");
        assertThat(request.inputs().get("input0"))
                .isEqualTo(NdArray.ofLongs(ElementType.UINT32, new long[] {1, 2, 3, 4}, 2, 2));
        assertThat(request.inputs().get("input1")).isEqualTo(longs(ElementType.BOOL, 1, 0, 1));
        assertThat(request.outputNames()).containsExactly("output0");
        assertThat(request.isBinary("output0")).isFalse();
        assertThat(request.isBinary("any")).isFalse();
    }

    @Test
    void readsBytesBehindTheJson() throws RefusedException {
        InferRequest request =
                read(
                        """
                        {
                          "model_name" : "mymodel",
                          "inputs" : [
                            { "name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32",
                              "parameters" : { "binary_data_size" : 16 } },
                            { "name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL",
                              "parameters" : { "binary_data_size" : 3 } }
                          ],
                          "outputs" : [
                            { "name" : "output0", "parameters" : { "binary_data" : true } }
                          ]
                        }
                        """,
                        "01000000 02000000 000000ff ffffffff 010001");
        assertThat(request.inputs().get("input0").toLongs())
                .containsExactly(1, 2, 0xff000000L, 0xffffffffL);
        assertThat(request.inputs().get("input1").toLongs()).containsExactly(1, 0, 1);
        assertThat(request.isBinary("output0")).isTrue();
        assertThat(request.isBinary("other")).isFalse();
    }

    @Test
    void outputsMaySayOtherwiseThanTheRequest() throws RefusedException {
        InferRequest request =
                read(
                        "{\"outputs\":[{\"name\":\"a\"},"
                                + "{\"name\":\"b\",\"parameters\":{\"binary_data\":false,\"c\":1}}],"
                                + "\"parameters\":{\"binary_data_output\":true,\"other\":[{}]},"
                                + "\"unknown\":{\"x\":{\"y\":[1,2]}},\"id\":null,"
                                + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\","
                                + "\"shape\":[1],\"unknown\":[],\"data\":[1],"
                                + "\"parameters\":{\"other\":1}}]}");
        assertThat(request.id()).isNull();
        assertThat(request.isBinary("a")).isTrue();
        assertThat(request.isBinary("b")).isFalse();
        assertThat(request.isBinary("c")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP64 | FLOAT64 | [1, -0.5, 1e300] | 000000000000f03f 000000000000e0bf 9c7500883ce4377e",
                "FP32 | FLOAT32 | [1, -0.5, 1e30]  | 0000803f 000000bf caf24971",
                "FP16 | FLOAT16 | [1, -0.5, 6e4]   | 003c 00b8 537b",
                "BF16 | BFLOAT16 | [1, -0.5, 1e30] | 803f 00bf 4a71",
            })
    void readsAllFloatingPointTypes(String datatype, ElementType type, String data, String hex)
            throws RefusedException {
        double third = type == ElementType.FLOAT64 ? 1e300 : 1e30;
        NdArray expected = floats(type, 1, -0.5, type == ElementType.FLOAT16 ? 6e4 : third);
        assertThat(data(datatype, "[3]", data)).isEqualTo(expected);
        assertThat(bytes(datatype, "[3]", hex)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT8   | -128, 127   | 807f",
                "UINT8  | 0, 255      | 00ff",
                "INT16  | -32768, 258 | 0080 0201",
                "UINT16 | 65535, 258  | ffff 0201",
                "INT32  | -2147483648, 1    | 00000080 01000000",
                "UINT32 | 4294967295, 1     | ffffffff 01000000",
                "INT64  | -9223372036854775808, 9223372036854775807 | 0000000000000080 ffffffffffffff7f",
                "UINT64 | 18446744073709551615, 1 | ffffffffffffffff 0100000000000000",
                "BOOL   | true, 0     | 0100",
                "BOOL   | 1, false    | 0100",
            })
    void readsAllOtherTypes(String datatype, String data, String hex) throws RefusedException {
        NdArray text = data(datatype, "[2]", "[" + data + "]");
        assertThat(bytes(datatype, "[2]", hex)).isEqualTo(text);
        assertThat(Datatype.of(text.type())).isEqualTo(datatype);
        String first = data.substring(0, data.indexOf(','));
        assertThat(text.toString()).contains("{" + first.replace("true", "1") + ", ");
    }

    @Test
    void bytesKeepNanAndInfinity() throws RefusedException {
        NdArray values = bytes("FP32", "[2]", "0000c07f 000080ff");
        assertThat(values.getDouble(0)).isNaN();
        assertThat(values.getDouble(1)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void decimalsAreRoundedOnceToFloat32() throws RefusedException {
        // By way of a double this tie would be rounded to even, to 1.
        assertThat(data("FP32", "[1]", "[1.00000005960464477540]").getDouble(0))
                .isEqualTo(1.00000011920928955078125);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[2, 3]    | [1,2,3,4,5,6]",
                "[2, 3]    | [[1,2,3],[4,5,6]]",
                "[1, 2, 3] | [[[1,2,3],[4,5,6]]]",
                "[3, 2, 1] | [[[1],[2]],[[3],[4]],[[5],[6]]]",
                "[6]       | [1,2,3,4,5,6]",
                "[1, 6, 1, 1, 1, 1, 1, 1] | [1,2,3,4,5,6]",
            })
    void dataMayBeFlatOrNested(String shape, String data) throws RefusedException {
        assertThat(data("INT32", shape, data).toLongs()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void tensorsMayBeEmptyOrWithoutDimensions() throws RefusedException {
        assertThat(data("FP32", "[0, 3]", "[]").shape()).containsExactly(0, 3);
        assertThat(data("FP32", "[0, 224, 224, 3]", "[]").count()).isZero();
        assertRefused(() -> data("FP32", "[9223372036854775807, 0]", "[]"), "too large");
        assertRefused(() -> data("FP32", "[0, 65536, 65536]", "[]"), "too large");
        assertThat(data("FP32", "[]", "[5]")).isEqualTo(NdArray.scalar(ElementType.FLOAT32, 5));
        assertThat(bytes("FP32", "[0]", "").count()).isZero();
    }

    @Test
    void fieldsMayComeInAnyOrder() throws RefusedException {
        InferRequest request =
                read(
                        "{\"inputs\":[{\"data\": [[1, 2], [3, 4.5]] ,\"shape\":[2,2],"
                                + "\"datatype\":\"FP32\",\"name\":\"x\"},"
                                + "{\"shape\":[1],\"data\":[7],\"name\":\"y\",\"datatype\":\"INT8\"},"
                                + "{\"parameters\":{\"binary_data_size\":1},\"name\":\"z\","
                                + "\"datatype\":\"INT8\",\"shape\":[1,1]}]}",
                        "09");
        assertThat(request.inputs().get("x").toDoubles()).containsExactly(1, 2, 3, 4.5);
        assertThat(request.inputs().get("y").toLongs()).containsExactly(7);
        assertThat(request.inputs().get("z").toLongs()).containsExactly(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "FP32 | [2] | [1] | inputs[0].data: 1 elements (expected: 2)",
                "FP32 | [2] | [1,2,3] | more than 2 elements",
                "FP32 | [2] | [1,\"2\"] | a string (expected: a number)",
                "FP32 | [2] | [1,null] | null (expected: a number)",
                "FP32 | [2] | [1,NaN] | not valid JSON",
                "FP32 | [2] | [1,1e39] | element 1 is too large (expected: a FP32)",
                "FP64 | [2] | [1,-1e400] | element 1 is too large",
                "FP32 | [2] | {\"a\":1} | an object (expected: an array)",
                "FP32 | [2] | [[1,2]] | an array (expected: a number)",
                "FP32 | [2,2] | [[1,2],[3]] | a row of 1 behind 2 elements (expected: 2",
                "FP32 | [2,2] | [[1,2],[3,4,5]] | more than 4 elements",
                "FP32 | [2,2] | [[1,2,3],[4]] | a row of 3 behind 0 elements",
                "FP32 | [2,2] | [[1,2],[[3],4]] | an array (expected: a number)",
                "FP32 | [2,1,2] | [[1,2],[3,4]] | a whole number (expected: an array)",
                "INT8 | [2] | [1,128] | 128 (expected: -128 to 127)",
                "UINT8 | [2] | [1,-1] | -1 (expected: 0 to 255)",
                "INT32 | [2] | [1,1.0] | a number (expected: a whole number)",
                "INT64 | [2] | [1,9223372036854775808] | 9223372036854775808 (expected: -92",
                "UINT64 | [2] | [1,-1] | -1 (expected: 0 to 18446744073709551615)",
                "UINT64 | [2] | [1,18446744073709551616] | (expected: 0 to 18446744073709551615)",
                "BOOL | [2] | [true,2] | 2 (expected: 0 to 1)",
                "BOOL | [2] | [true,\"true\"] | a string (expected: true or false)",
                "BYTES | [1] | [\"x\"] | inputs[0].datatype: BYTES (expected: one of BOOL",
                "fp32 | [1] | [1] | inputs[0].datatype: fp32",
                "FP32 | [-1] | [1] | -1 (expected: 0 to",
                "FP32 | [1.5] | [1] | a number (expected: a whole number)",
                "FP32 | 2 | [1] | inputs[0].shape: a whole number (expected: an array)",
                "FP32 | [1,1,1,1,1,1,1,1,1] | [1] | more than 8 dimensions",
                "FP32 | [1000000] | [1] | too large (expected: no more elements",
                "FP32 | [4294967296,4294967296] | [1] | too large (expected: no more elements",
                "FP32 | [99999999999999999999] | [1] | (expected: 0 to 9223372036854775807)",
            })
    void badTensorsAreRefused(String datatype, String shape, String data, String words) {
        assertRefused(() -> data(datatype, shape, data), words);
        String late =
                "{\"inputs\":[{\"data\":%s,\"shape\":%s,\"datatype\":\"%s\",\"name\":\"x\"}]}"
                        .formatted(data, shape, datatype);
        assertRefused(() -> read(late), words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | inputs: none",
                "{\"inputs\":[]} | inputs: none",
                "{\"inputs\":{}} | inputs: an object (expected: an array)",
                "{\"inputs\":[1]} | inputs[0]: a whole number (expected: an object)",
                "{\"inputs\":[{\"shape\":[0],\"datatype\":\"FP32\",\"data\":[]}]} | name: missing",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[]}]} | shape: missing",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[0],\"data\":[]}]} | datatype: missing",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[0],\"datatype\":\"FP32\"}]} | neither data",
                "{\"id\":7} | id: a whole number (expected: a string)",
                "{\"parameters\":[]} | parameters: an array",
                "{\"parameters\":{\"binary_data_output\":\"yes\"}} | binary_data_output: a string",
                "{\"outputs\":[{}]} | outputs[0].name: missing",
                "{\"outputs\":[{\"name\":\"a\"},{\"name\":\"a\"}]} | outputs[1].name: a, given twice",
                "{\"outputs\":[{\"name\":\"a\",\"parameters\":{\"classification\":2}}]} | not served",
                "{\"outputs\":[{\"name\":\"a\",\"parameters\":{\"shared_memory_region\":\"r\"}}]} | not served",
            })
    void badRequestsAreRefused(String json, String words) {
        assertRefused(() -> read(json), words);
    }

    @Test
    void anInputIsGivenOnceAndInOneWay() {
        String one = "{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1]}";
        assertRefused(
                () -> read("{\"inputs\":[" + one + "," + one + "]}"),
                "inputs[1].name: x, given twice");
        String both = "\"data\":[1],\"parameters\":{\"binary_data_size\":1}";
        assertRefused(() -> read(input("INT8", "[1]", both), "00"), "both data and");
        String region = "\"parameters\":{\"shared_memory_region\":\"r\"}";
        assertRefused(() -> read(input("INT8", "[1]", region)), "shared_memory_region: not served");
    }

    @Test
    void bytesMustAddUp() {
        String two = "\"parameters\":{\"binary_data_size\":2}";
        assertRefused(() -> read(input("INT8", "[2]", two), "01"), "binary_data_size: 2");
        assertRefused(() -> read(input("INT8", "[2]", two), "010203"), "3 bytes behind its JSON");
        assertRefused(() -> read(input("INT8", "[3]", two), "0102"), "(expected: 3, of 3 elements");
        assertRefused(() -> read(input("FP16", "[2]", two), "0102"), "(expected: 4, of 2 elements");
        assertRefused(() -> read(input("BOOL", "[2]", two), "0102"), "BOOL: byte 2 at element 1");
        assertRefused(() -> read(input("BOOL", "[2]", two), "01ff"), "byte -1 at element 1");
        assertRefused(() -> read(input("INT8", "[2]", "\"data\":[1,2]"), "01"), "1 bytes behind");
        String three =
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[2],%s},"
                        + "{\"name\":\"y\",\"datatype\":\"INT8\",\"shape\":[2],%s}]}";
        assertRefused(
                () -> read(three.formatted(two, two), "010203"), "1 bytes left for inputs[1]");
        assertRefused(
                () -> read(input("INT8", "[2]", two)), "binary_data_size: 2 (expected: 0 to 0");
    }

    @ParameterizedTest
    @CsvSource({"-1", "x", "''", "99", "99999999999999999999", "' 1'", "+1", "3.0", "0"})
    void theJsonsLengthMustBeOne(@Nullable String length) {
        assertRefused(
                () -> InferRequest.read("{\"a\":1}".getBytes(UTF_8), length, TensorRoom.UNBOUNDED),
                "expected");
    }

    @Test
    void namesAreBounded() {
        String names = "\"a\":1,".repeat(2);
        assertRefused(() -> read("{" + names + "\"b\":1}"), "Duplicate");
        StringBuilder many = new StringBuilder("{\"x\":[");
        for (int i = 0; i < 101; i++) {
            many.append(i == 0 ? "{" : ",{");
            for (int j = 0; j < 100; j++) {
                many.append(j == 0 ? "\"n" : ",\"n").append(j).append("\":1");
            }
            many.append('}');
        }
        assertRefused(() -> read(many + "]}"), "more than 10000 names");
        assertRefused(() -> read("{\"x\":" + "[".repeat(40)), "not valid JSON", "nesting");
        assertRefused(() -> data("FP32", "[1]", "[" + "1".repeat(1001) + "]"), "not valid JSON");
    }
}
