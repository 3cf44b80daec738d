package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Elements in all of ONNX's encodings. */
class TensorFieldsTest {
    private final Arena arena = Arena.ofConfined();

    @TempDir private Path folder;

    @AfterEach
    void close() {
        arena.close();
    }

    private OnnxTensor read(OnnxMessage tensor) throws IOException {
        Path path = folder.resolve("tensor.pb");
        Files.write(path, tensor.toBytes());
        return OnnxReader.readTensor(path, arena);
    }

    private static OnnxMessage head(int type) {
        return OnnxBuilder.tensorHead("t", type, 1, 3);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static Stream<Arguments> encodings() {
        return Stream.of(
                floats(1, head(1).packedFloats(4, 1, -2, 0.5f), 1, -2, 0.5),
                floats(1, head(1).float32(4, 1).float32(4, -2).float32(4, 0.5f), 1, -2, 0.5),
                floats(1, head(1).packedFloats(4, 1, -2).packedFloats(4, 0.5f), 1, -2, 0.5),
                floats(1, head(1).float32(4, 1).packedFloats(4, -2, 0.5f), 1, -2, 0.5),
                floats(1, head(1).packedFloats(4, 1, -2).float32(4, 0.5f), 1, -2, 0.5),
                floats(11, head(11).packedDoubles(10, 1, -2, 1e300), 1, -2, 1e300),
                floats(11, head(11).float64(10, 1).float64(10, -2).float64(10, 3), 1, -2, 3),
                // Bits of 1, -2 and 65504 in half precision, of 1, -2 and 3·2¹²⁶ in bfloat16.
                floats(10, head(10).packedIntegers(5, 0x3c00, 0xc000, 0x7bff), 1, -2, 65504),
                floats(10, head(10).bytes(9, bytes(0, 0x3c, 0, 0xc0, 255, 0x7b)), 1, -2, 65504),
                floats(10, head(10).packedIntegers(5, 0x3c00, -0x4000, 0x7bff), 1, -2, 65504),
                floats(16, head(16).packedIntegers(5, 0x3f80, 0xc000, 0x7f40), 1, -2, 0x1.8p127),
                floats(16, head(16).bytes(9, bytes(128, 63, 0, 192, 64, 127)), 1, -2, 0x1.8p127),
                longs(2, head(2).packedIntegers(5, 0, 200, 255), 0, 200, 255),
                longs(2, head(2).bytes(9, bytes(0, 200, 255)), 0, 200, 255),
                longs(3, head(3).packedIntegers(5, -128, 127, -1), -128, 127, -1),
                longs(3, head(3).bytes(9, bytes(128, 127, 255)), -128, 127, -1),
                longs(4, head(4).integer(5, 1).integer(5, 65535).integer(5, 3), 1, 65535, 3),
                longs(4, head(4).bytes(9, bytes(1, 0, 255, 255, 3, 0)), 1, 65535, 3),
                longs(5, head(5).packedIntegers(5, -32768, 2, 32767), -32768, 2, 32767),
                longs(
                        6,
                        head(6).packedIntegers(5, Integer.MIN_VALUE, 2, -1),
                        Integer.MIN_VALUE,
                        2,
                        -1),
                longs(
                        6,
                        head(6).bytes(9, bytes(1, 0, 0, 128, 2, 0, 0, 0, 0, 1, 0, 0)),
                        Integer.MIN_VALUE + 1,
                        2,
                        256),
                longs(7, head(7).packedIntegers(7, Long.MIN_VALUE, 2, -1), Long.MIN_VALUE, 2, -1),
                longs(
                        7,
                        head(7).packedIntegers(7).integer(7, 1).packedIntegers(7, 2, -1),
                        1,
                        2,
                        -1),
                longs(9, head(9).packedIntegers(5, 0, 1, 1), 0, 1, 1),
                longs(9, head(9).bytes(9, bytes(0, 1, 1)), 0, 1, 1),
                longs(12, head(12).packedIntegers(11, 0, 1, 0xffffffffL), 0, 1, 0xffffffffL),
                longs(13, head(13).packedIntegers(11, 0, -1, 1L << 63), 0, -1, 1L << 63));
    }

    private static Arguments floats(int code, OnnxMessage message, double... values) {
        ElementType type = OnnxElementType.ofCode(code).elementType();
        return Arguments.of(NdArray.ofDoubles(type, values, 1, 3), message);
    }

    private static Arguments longs(int code, OnnxMessage message, long... values) {
        ElementType type = OnnxElementType.ofCode(code).elementType();
        return Arguments.of(NdArray.ofLongs(type, values, 1, 3), message);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void everyEncodingGivesItsElements(NdArray expected, OnnxMessage message) throws IOException {
        OnnxTensor tensor = read(message);
        assertThat(tensor.toArray()).isEqualTo(expected);
        assertThat(tensor.name()).isEqualTo("t");
        assertThat(tensor.count()).isEqualTo(3);
        assertThat(tensor.data().isReadOnly()).isTrue();
        if (expected.type().isFloating()) {
            Tensor floats = tensor.toTensor(arena);
            assertThat(NdArray.of(floats)).isEqualTo(expected.cast(ElementType.FLOAT32));
        } else {
            assertThatThrownBy(() -> tensor.toTensor(arena))
                    .isInstanceOf(OnnxFormatException.class)
                    .hasMessageContaining("floating-point");
        }
    }

    @Test
    void dimsMayBePackedAndFieldsInAnyOrder() throws IOException {
        OnnxMessage message =
                new OnnxMessage()
                        .packedFloats(4, 1, 2, 3, 4, 5, 6)
                        .integer(2, 1)
                        .packedIntegers(1, 2, 3);
        assertThat(read(message).dims()).containsExactly(2, 3);
    }

    @Test
    void scalarsAndEmptyTensors() throws IOException {
        assertThat(read(OnnxBuilder.tensor("s", new float[] {4})).toArray().getDouble(0))
                .isEqualTo(4);
        OnnxTensor empty = read(OnnxBuilder.tensor("e", new float[0], 2, 0, 3));
        assertThat(empty.toArray().shape()).containsExactly(2, 0, 3);
        assertThat(empty.toTensor(arena).elementCount()).isZero();
        assertThat(read(OnnxBuilder.tensorHead("e", 7, 0)).toArray().count()).isZero();
        assertThat(read(OnnxBuilder.tensorHead("e", 1, 0).bytes(9, new byte[0])).count()).isZero();
    }

    /** Names of four lengths move the same elements to four places of the file. */
    @Test
    void floatsAreReadToWhereTheyCanBeUsed() throws IOException {
        int inPlace = 0;
        for (int length = 1; length <= 4; length++) {
            float[] values = new float[600]; // a few more than go on the heap
            for (int i = 0; i < values.length; i++) {
                values[i] = i;
            }
            OnnxTensor tensor = read(OnnxBuilder.tensor("n".repeat(length), values, 20, 30));
            Tensor floats = tensor.toTensor(arena);
            assertThat(floats.toArray()).containsExactly(values);
            boolean same = floats.segment().address() == tensor.data().address();
            assertThat(same).isEqualTo(tensor.data().address() % 4 == 0);
            assertThat(floats.isReadOnly()).isEqualTo(same);
            inPlace += same ? 1 : 0;
        }
        assertThat(inPlace).isEqualTo(4);
    }

    @Test
    void typesThatCannotBeComputedWithAreReadAndNamed() throws IOException {
        OnnxTensor complex = read(head(14).packedFloats(4, 1, 2, 3, 4, 5, 6));
        assertThat(complex.data().byteSize()).isEqualTo(24);
        assertThatThrownBy(complex::toArray)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("tensor 't': complex64[1, 3] cannot be computed with");
        assertThat(read(head(15).packedDoubles(10, 1, 2, 3, 4, 5, 6)).data().byteSize())
                .isEqualTo(48);
        // Three elements of four bits fill one byte and a half.
        OnnxTensor four = read(head(22).packedIntegers(5, 0x12, 0x3));
        assertThat(four.data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(0x12, 0x3);
        assertThat(read(head(23).bytes(9, bytes(1, 2))).data().byteSize()).isEqualTo(2);
        assertThat(read(head(17).packedIntegers(5, 1, 255, -1)).data().byteSize()).isEqualTo(3);
    }

    @Test
    void codesAndNamesOfTypes() {
        for (OnnxElementType type : OnnxElementType.values()) {
            assertThat(OnnxElementType.ofCode(type.code())).isEqualTo(type);
        }
        assertThat(OnnxElementType.describe(10)).isEqualTo("float16");
        assertThat(OnnxElementType.describe(99)).isEqualTo("type 99");
        assertThat(OnnxElementType.ofCode(0)).isNull();
        assertThat(OnnxElementType.ofCode(25)).isNull();
    }

    @Test
    void moreElementsThanAnArrayHoldsAreRefused() {
        long count = Integer.MAX_VALUE;
        MemorySegment data = arena.allocate(1);
        OnnxTensor tensor = new OnnxTensor("t", 2, new long[] {count}, data);
        assertThatThrownBy(tensor::toArray)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("too many elements");
    }
}
