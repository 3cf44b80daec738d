package io.strider.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.strider.tensor.ElementType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one TensorProto. Field numbers: onnx.proto3.
 *
 * <p>Nothing is decoded or allocated before all fields have been seen and the number of elements
 * that are there equals the product of the sizes.
 */
final class TensorFields {
    private static final int MOST_DIMS = 8;
    private static final long ALIGNMENT = 64;

    private static final ValueLayout.OfShort SHORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ReadContext context;
    private final WireReader wire;
    private final NumberList dims;
    private final NumberList floats;
    private final NumberList int32s;
    private final NumberList int64s;
    private final NumberList doubles;
    private final NumberList uint64s;
    private final Map<String, String> location = new HashMap<>();
    private String name = "";
    private long typeCode;
    private boolean isExternal;
    private @Nullable MemorySegment raw;

    private TensorFields(ReadContext context) {
        this.context = context;
        this.wire = context.wire();
        dims = new NumberList(wire, "dims", NumberList.Encoding.VARINT);
        floats = new NumberList(wire, "float_data", NumberList.Encoding.FIXED32);
        int32s = new NumberList(wire, "int32_data", NumberList.Encoding.VARINT);
        int64s = new NumberList(wire, "int64_data", NumberList.Encoding.VARINT);
        doubles = new NumberList(wire, "double_data", NumberList.Encoding.FIXED64);
        uint64s = new NumberList(wire, "uint64_data", NumberList.Encoding.VARINT);
    }

    /** Reads the fields of the message that the wire is in. */
    static OnnxTensor read(ReadContext context) throws IOException {
        return new TensorFields(context).read();
    }

    private OnnxTensor read() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> dims.read();
                case 2 -> typeCode = wire.integer();
                case 3 ->
                        throw wire.refused(
                                "segment: cannot be read (expected: a whole tensor, no part and no sequence)");
                case 4 -> floats.read();
                case 5 -> int32s.read();
                case 6 -> throw wire.refused("string_data: cannot be read (expected: numbers)");
                case 7 -> int64s.read();
                case 8 -> {
                    name = wire.text("name");
                    wire.named(name);
                }
                case 9 -> {
                    if (raw != null) {
                        throw wire.refused("raw_data: twice (expected: once)");
                    }
                    raw = wire.payload();
                }
                case 10 -> doubles.read();
                case 11 -> uint64s.read();
                case 13 -> readLocation();
                case 14 -> isExternal = wire.integer() == 1;
                default -> wire.skip();
            }
        }
        OnnxElementType type = type();
        long[] sizes = sizes();
        long bytes = bytes(type, sizes);
        MemorySegment data = isExternal ? external(bytes) : internal(type, sizes, bytes);
        return new OnnxTensor(name, type.code(), sizes, data);
    }

    private void readLocation() throws IOException {
        wire.message(
                "external_data",
                () -> {
                    String[] entry = EntryFields.read(wire);
                    if (location.put(entry[0], entry[1]) != null) {
                        throw wire.refused("key: twice (expected: once)");
                    }
                    return entry;
                });
    }

    private OnnxElementType type() throws OnnxFormatException {
        int code = typeCode == (int) typeCode ? (int) typeCode : -1;
        OnnxElementType type = OnnxElementType.ofCode(code);
        if (type == null) {
            throw wire.refused("data_type: %d (expected: 1 to 24)".formatted(typeCode));
        }
        if (type == OnnxElementType.STRING) {
            throw wire.refused("data_type: string (expected: numbers)");
        }
        return type;
    }

    private long[] sizes() throws IOException {
        if (dims.count() > MOST_DIMS) {
            throw wire.refused(
                    "dims: %d (expected: at most %d)".formatted(dims.count(), MOST_DIMS));
        }
        long[] sizes = dims.toArray();
        for (long size : sizes) {
            if (size < 0) {
                throw wire.refused(
                        "dims: %s (expected: none negative)".formatted(Arrays.toString(sizes)));
            }
        }
        return sizes;
    }

    /** Refuses sizes whose product overflows even if one of them is 0. */
    private long bytes(OnnxElementType type, long[] sizes) throws OnnxFormatException {
        try {
            long product = 1;
            boolean empty = false;
            for (long size : sizes) {
                empty |= size == 0;
                product = Math.multiplyExact(product, Math.max(1, size));
            }
            long bytes = type.bytesOf(product);
            return empty ? 0 : bytes;
        } catch (ArithmeticException overflow) {
            throw wire.refused(
                    "dims: %s of %s (expected: a size below 2^63 bytes)"
                            .formatted(Arrays.toString(sizes), type),
                    overflow);
        }
    }

    private MemorySegment external(long bytes) throws IOException {
        for (NumberList list : List.of(floats, int32s, int64s, doubles, uint64s)) {
            if (list.count() > 0) {
                throw wire.refused(list.name() + ": beside external data (expected: none)");
            }
        }
        if (raw != null && raw.byteSize() > 0) {
            throw wire.refused("raw_data: beside external data (expected: none)");
        }
        return context.external().read(wire, location, bytes);
    }

    private MemorySegment internal(OnnxElementType type, long[] sizes, long bytes)
            throws IOException {
        NumberList list = listOf(type);
        for (NumberList other : List.of(floats, int32s, int64s, doubles, uint64s)) {
            if (other.count() > 0 && (other != list || (raw != null && raw.byteSize() > 0))) {
                throw wire.refused(
                        "%s: %d numbers (expected: none in a tensor of %s with %s)"
                                .formatted(
                                        other.name(),
                                        other.count(),
                                        type,
                                        other == list ? "raw_data" : list.name()));
            }
        }
        if (raw != null && (raw.byteSize() > 0 || list.count() == 0)) {
            checkCount("raw_data", "bytes", raw.byteSize(), bytes, type, sizes);
            return raw;
        }
        // A complex number is two of the list's, four-bit numbers are two in one.
        int width =
                type == OnnxElementType.COMPLEX64
                        ? Float.BYTES
                        : Math.clamp(type.bits() / Byte.SIZE, 1, Long.BYTES);
        checkCount(list.name(), "numbers", list.count(), bytes / width, type, sizes);
        MemorySegment inPlace = list.inPlace();
        return inPlace == null ? decoded(list, type, width, bytes) : inPlace;
    }

    private void checkCount(
            String field,
            String unit,
            long actual,
            long expected,
            OnnxElementType type,
            long[] dims)
            throws OnnxFormatException {
        if (actual != expected) {
            throw wire.refused(
                    "%s: %d %s (expected: %d for %s%s)"
                            .formatted(field, actual, unit, expected, type, Arrays.toString(dims)));
        }
    }

    private NumberList listOf(OnnxElementType type) {
        return switch (type) {
            case FLOAT32, COMPLEX64 -> floats;
            case FLOAT64, COMPLEX128 -> doubles;
            case INT64 -> int64s;
            case UINT32, UINT64 -> uint64s;
            default -> int32s;
        };
    }

    private MemorySegment decoded(NumberList list, OnnxElementType type, int width, long bytes)
            throws IOException {
        wire.chargeData(bytes);
        MemorySegment target = context.arena().allocate(bytes, ALIGNMENT);
        ElementWriter writer = new ElementWriter(target, type, width);
        list.forEach(writer);
        if (writer.outOfRange != null) {
            throw wire.refused(
                    "%s: %d (expected: %d to %d for %s)"
                            .formatted(
                                    list.name(),
                                    writer.outOfRange,
                                    writer.least,
                                    writer.greatest,
                                    type));
        }
        return target.asReadOnly();
    }

    /** Writes numbers one behind the other, little-endian, and remembers one that does not fit. */
    private static final class ElementWriter implements LongConsumer {
        final long least;
        final long greatest;
        @Nullable Long outOfRange;
        private final MemorySegment target;
        private final int width;
        private long at;

        ElementWriter(MemorySegment target, OnnxElementType type, int width) {
            this.target = target;
            this.width = width;
            int bits = width * Byte.SIZE;
            ElementType known = type.elementType();
            if (width == Long.BYTES) {
                least = Long.MIN_VALUE;
                greatest = Long.MAX_VALUE;
            } else if (known != null && !known.isFloating()) {
                least = known.least();
                greatest = known.greatest();
            } else {
                // Bits of a floating-point number, which may have been widened either way.
                least = -1L << (bits - 1);
                greatest = -1L >>> (Long.SIZE - bits);
            }
        }

        @Override
        public void accept(long number) {
            if ((number < least || number > greatest) && outOfRange == null) {
                outOfRange = number;
            }
            switch (width) {
                case Byte.BYTES -> target.set(JAVA_BYTE, at, (byte) number);
                case Short.BYTES -> target.set(SHORT, at, (short) number);
                case Integer.BYTES -> target.set(INT, at, (int) number);
                default -> target.set(LONG, at, number);
            }
            at += width;
        }
    }
}
