package io.strider.server.protocol;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.ElementType;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The Open Inference Protocol's names of element types. */
enum Datatype {
    BOOL(ElementType.BOOL),
    UINT8(ElementType.UINT8),
    UINT16(ElementType.UINT16),
    UINT32(ElementType.UINT32),
    UINT64(ElementType.UINT64),
    INT8(ElementType.INT8),
    INT16(ElementType.INT16),
    INT32(ElementType.INT32),
    INT64(ElementType.INT64),
    FP16(ElementType.FLOAT16),
    BF16(ElementType.BFLOAT16),
    FP32(ElementType.FLOAT32),
    FP64(ElementType.FLOAT64);

    /** The longest name that may be asked about. */
    static final int MAX_LENGTH = 16;

    private final ElementType type;

    Datatype(ElementType type) {
        this.type = type;
    }

    /** The type of elements that a name stands for. */
    static ElementType read(String path, String name) throws RefusedException {
        for (Datatype datatype : values()) {
            if (datatype.name().equals(name)) {
                return datatype.type;
            }
        }
        String known =
                Arrays.stream(values()).map(Datatype::name).collect(Collectors.joining(", "));
        throw JsonInput.refused("%s: %s (expected: one of %s)".formatted(path, name, known));
    }

    /** The name of a type of elements. */
    static String of(ElementType type) {
        for (Datatype datatype : values()) {
            if (datatype.type == type) {
                return datatype.name();
            }
        }
        throw new IllegalArgumentException("type: " + type + " (expected: one with a name)");
    }

    /**
     * What reading a tensor takes of the heap at its peak: its elements as they are read, each a
     * long or a double but for float32, and those of the tensor itself.
     */
    static long heapBytes(ElementType type, int count) {
        int bytes =
                switch (type) {
                    case FLOAT32 -> 2 * Float.BYTES;
                    case BOOL, INT8, UINT8 -> Long.BYTES + Byte.BYTES;
                    default -> 2 * Long.BYTES;
                };
        return (long) count * bytes;
    }
}
