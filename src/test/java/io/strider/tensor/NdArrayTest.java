package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays of any element type, and their files. */
class NdArrayTest {
    @Test
    void roundsFloatingPointElementsToTheirType() {
        double third = 1.0 / 3;
        assertThat(NdArray.scalar(ElementType.FLOAT64, third).getDouble(0)).isEqualTo(third);
        assertThat(NdArray.scalar(ElementType.FLOAT32, third).getDouble(0))
                .isEqualTo((double) (1f / 3));
        assertThat(NdArray.scalar(ElementType.FLOAT16, third).getDouble(0)).isEqualTo(0x1.554p-2);
        assertThat(NdArray.scalar(ElementType.BFLOAT16, third).getDouble(0)).isEqualTo(0x1.56p-2);
        assertThat(NdArray.scalar(ElementType.BFLOAT16, 0x1.01p0).getDouble(0)).isEqualTo(1);
        assertThat(NdArray.scalar(ElementType.BFLOAT16, 0x1.03p0).getDouble(0)).isEqualTo(0x1.04p0);
        assertThat(NdArray.scalar(ElementType.BFLOAT16, Double.NaN).getDouble(0)).isNaN();
        assertThat(NdArray.scalar(ElementType.FLOAT16, 1e6).getDouble(0))
                .isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void looksUpIntegersOfEightBitsByTheirBits() {
        float[] table = new float[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = i / 4f;
        }
        byte[] values = {0, 1, -1, 127};
        for (ElementType type : new ElementType[] {ElementType.INT8, ElementType.UINT8}) {
            assertThat(NdArray.ofBytes(type, values, 4).lookedUp(table).toFloats())
                    .containsExactly(0, 0.25f, 255 / 4f, 127 / 4f);
        }
        assertThat(NdArray.ofBytes(ElementType.UINT8, values, 4).toLongs())
                .containsExactly(0, 1, 255, 127);
        assertThat(NdArray.ofBytes(ElementType.INT8, values, 4).toDoubles())
                .containsExactly(0, 1, -1, 127);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdArray.ofBytes(ElementType.BOOL, values, 4))
                .withMessageContaining("type: bool (expected: int8 or uint8)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdArray.ofIndices(1).lookedUp(table))
                .withMessageContaining("type: int64");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> NdArray.ofBytes(ElementType.INT8, values, 4).lookedUp(new float[255]))
                .withMessageContaining("table: 255 values (expected: 256)");
    }

    @Test
    void wrapsWholeNumbersToTheirType() {
        long[] values = {255, -1, 128, 65537};
        assertThat(NdArray.ofLongs(ElementType.INT8, values, 4).toLongs())
                .containsExactly(-1, -1, -128, 1);
        assertThat(NdArray.ofLongs(ElementType.UINT8, values, 4).toLongs())
                .containsExactly(255, 255, 128, 1);
        assertThat(NdArray.ofLongs(ElementType.UINT16, values, 4).toLongs())
                .containsExactly(255, 65535, 128, 1);
        assertThat(NdArray.ofLongs(ElementType.INT32, new long[] {1L << 31}).toLongs())
                .containsExactly(-(1L << 31));
        assertThat(NdArray.ofLongs(ElementType.BOOL, values, 2, 2).toLongs())
                .containsExactly(1, 1, 1, 1);
        assertThat(NdArray.ofLongs(ElementType.UINT64, new long[] {-1}, 1).getDouble(0))
                .isEqualTo(0x1p64);
    }

    @Test
    void tellsTheRangeOfItsTypes() {
        assertThat(ElementType.INT8.least()).isEqualTo(-128);
        assertThat(ElementType.INT8.greatest()).isEqualTo(127);
        assertThat(ElementType.INT64.greatest()).isEqualTo(Long.MAX_VALUE);
        assertThat(ElementType.UINT8.least()).isZero();
        assertThat(ElementType.UINT16.greatest()).isEqualTo(65535);
        assertThat(ElementType.UINT64.greatest()).isEqualTo(-1);
        assertThat(ElementType.BOOL.greatest()).isEqualTo(1);
        assertThat(ElementType.BOOL.isInteger()).isFalse();
        assertThat(ElementType.UINT32.isUnsigned()).isTrue();
        assertThat(ElementType.FLOAT16.bytes()).isEqualTo(2);
        assertThat(ElementType.FLOAT16).hasToString("float16");
    }

    @Test
    void castsBetweenTypes() {
        NdArray values =
                NdArray.ofDoubles(
                        ElementType.FLOAT64, new double[] {-1.5, 0.2, 300, Double.NaN}, 4);
        assertThat(values.cast(ElementType.INT32).toLongs()).containsExactly(-1, 0, 300, 0);
        assertThat(values.cast(ElementType.UINT8).toLongs()).containsExactly(255, 0, 44, 0);
        assertThat(values.cast(ElementType.BOOL).toLongs()).containsExactly(1, 1, 1, 1);
        assertThat(values.cast(ElementType.FLOAT64)).isSameAs(values);
        assertThat(NdArray.scalar(ElementType.FLOAT64, 0x1p63).cast(ElementType.UINT64).getLong(0))
                .isEqualTo(Long.MIN_VALUE);
        NdArray large = NdArray.ofLongs(ElementType.UINT64, new long[] {Long.MIN_VALUE}, 1);
        assertThat(large.cast(ElementType.FLOAT32).getDouble(0)).isEqualTo(0x1p63);
        assertThat(NdArray.ofIndices(3, 0).cast(ElementType.BOOL).toLongs()).containsExactly(1, 0);
    }

    @Test
    void goesToATensorAndBack() {
        try (Arena arena = Arena.ofConfined()) {
            NdArray array =
                    NdArray.ofDoubles(ElementType.FLOAT32, new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor tensor = array.toTensor(arena);
            assertThat(NdArray.of(tensor)).isEqualTo(array);
            assertThat(NdArray.of(tensor.transpose(0, 1)).toDoubles())
                    .containsExactly(1, 4, 2, 5, 3, 6);
            Tensor target = Tensor.zeros(arena, 3, 2);
            array.copyTo(target.transpose(0, 1));
            assertThat(target.toArray()).containsExactly(1, 4, 2, 5, 3, 6);
            assertThatIllegalArgumentException().isThrownBy(() -> array.copyTo(target));
        }
    }

    @Test
    void isEqualByTypeShapeAndElements() {
        NdArray array = NdArray.ofIndices(1, 2, 3, 4);
        assertThat(array).isEqualTo(NdArray.ofIndices(1, 2, 3, 4));
        assertThat(array.hashCode()).isEqualTo(NdArray.ofIndices(1, 2, 3, 4).hashCode());
        assertThat(array)
                .isNotEqualTo(array.reshape(2, 2))
                .isNotEqualTo(array.cast(ElementType.INT32))
                .isNotEqualTo(NdArray.ofIndices(1, 2, 3, 5));
        assertThat(NdArray.scalar(ElementType.FLOAT32, Double.NaN))
                .isEqualTo(NdArray.scalar(ElementType.FLOAT32, Double.NaN));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdArray.ofLongs(ElementType.INT8, new long[3], 2, 2))
                .withMessageContaining("3 elements (expected: 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdArray.ofLongs(ElementType.FLOAT32, new long[1]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdArray.ofDoubles(ElementType.BOOL, new double[1]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdArray.ofIndices(1, 2).reshape(3))
                .withMessageContaining("expected: 3");
        assertThatIllegalArgumentException().isThrownBy(() -> NdArray.ofIndices(1).size(1));
        assertThatThrownBy(() -> NdArray.ofIndices(1).getLong(1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void isShownWithItsFirstElements() {
        assertThat(NdArray.ofIndices(1, 2)).hasToString("int64[2] {1, 2}");
        assertThat(NdArray.ofLongs(ElementType.UINT64, new long[] {-1}, 1))
                .hasToString("uint64[1] {18446744073709551615}");
        assertThat(NdArray.ofIndices(new long[20]).toString()).endsWith("0, …}");
    }

    @ParameterizedTest
    @EnumSource(names = "BFLOAT16", mode = EnumSource.Mode.EXCLUDE)
    void aFileHoldsEveryElement(ElementType type) throws IOException {
        Random random = new Random(5);
        int count = 10_000; // more than the reader's and the writer's buffers hold
        NdArray array =
                type.isFloating()
                        ? NdArray.ofDoubles(
                                type, random.doubles(count, -9, 9).toArray(), 100, 50, 2)
                        : NdArray.ofLongs(type, random.longs(count).toArray(), 100, 50, 2);
        byte[] file = file(array);
        assertThat(Npy.readArray(new ByteArrayInputStream(file), 8 * count)).isEqualTo(array);
        assertThat(file).hasSize(128 + count * type.bytes());
        assertThatThrownBy(() -> Npy.readArray(new ByteArrayInputStream(file), 8 * count - 1))
                .isInstanceOf(NpyFormatException.class);
        assertThatThrownBy(() ->
                        Npy.readArray(
                                new ByteArrayInputStream(file, 0, file.length - 1), 8 * count))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageContaining("ends after");
    }

    @Test
    void whatNumPyLacksIsWrittenAsFloat32() throws IOException {
        NdArray array = NdArray.ofDoubles(ElementType.BFLOAT16, new double[] {1.5, -2}, 2);
        assertThat(Npy.readArray(new ByteArrayInputStream(file(array)), 100))
                .isEqualTo(array.cast(ElementType.FLOAT32));
    }

    @Test
    void fortranOrderIsTurnedIntoCOrder() throws IOException {
        byte[] file = file(NdArray.ofIndices(1, 2, 3, 4, 5, 6).reshape(2, 3));
        byte[] doubles =
                file(NdArray.ofIndices(1, 2, 3, 4, 5, 6).cast(ElementType.FLOAT64).reshape(2, 3));
        assertThat(Npy.readArray(new ByteArrayInputStream(fortran(file)), 100).toLongs())
                .containsExactly(1, 3, 5, 2, 4, 6);
        assertThat(Npy.readArray(new ByteArrayInputStream(fortran(doubles)), 100).toLongs())
                .containsExactly(1, 3, 5, 2, 4, 6);
    }

    private static byte[] fortran(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        return text.replace(
                        "'fortran_order': False, 'shape': (2, 3), }",
                        "'fortran_order': True, 'shape': (2, 3),  }")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] file(NdArray array) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Npy.write(output, array);
        return output.toByteArray();
    }
}
