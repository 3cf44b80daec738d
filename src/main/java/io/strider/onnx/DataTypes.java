package io.strider.onnx;

import io.strider.tensor.ElementType;

/** The numbers by which ONNX files name element types (TensorProto.DataType of onnx.proto). */
final class DataTypes {
    private DataTypes() {}

    /**
     * The type of a number.
     *
     * @param what the message's word for what names it
     * @throws IllegalArgumentException if there is no such type here
     */
    static ElementType of(String what, long number) {
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw unknown(what, number);
        }
        return switch ((int) number) {
            case 1 -> ElementType.FLOAT32;
            case 2 -> ElementType.UINT8;
            case 3 -> ElementType.INT8;
            case 4 -> ElementType.UINT16;
            case 5 -> ElementType.INT16;
            case 6 -> ElementType.INT32;
            case 7 -> ElementType.INT64;
            case 9 -> ElementType.BOOL;
            case 10 -> ElementType.FLOAT16;
            case 11 -> ElementType.FLOAT64;
            case 12 -> ElementType.UINT32;
            case 13 -> ElementType.UINT64;
            case 16 -> ElementType.BFLOAT16;
            default -> throw unknown(what, number);
        };
    }

    private static IllegalArgumentException unknown(String what, long number) {
        return new IllegalArgumentException(
                "%s: %s%s (expected: a number type of 8 bits or more, float8 apart)"
                        .formatted(what, number, number == 8 ? ", strings" : ""));
    }
}
