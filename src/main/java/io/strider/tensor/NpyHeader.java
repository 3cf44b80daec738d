package io.strider.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The beginning of an {@code .npy} file: magic string, version, length and a description of the
 * array.
 *
 * @param type how an element is stored
 * @param fortranOrder whether the first index runs fastest in the file
 * @param shape the sizes, checked as those of a tensor
 * @param length the header's bytes, after which the elements begin
 */
@SuppressWarnings("ArrayRecordComponent") // seen by Npy alone, which keeps the array as it is
record NpyHeader(Type type, boolean fortranOrder, long[] shape, int length) {
    /** NumPy itself refuses to parse more than 10 000 characters unless told to trust the file. */
    private static final int LONGEST = 64 * 1024;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;

    /** NumPy leaves room for the first size to grow to this many digits. */
    private static final int GROWTH_DIGITS = 21;

    /** The element types that can be read. */
    enum Type {
        FLOAT32("<f4", ElementType.FLOAT32),
        FLOAT64("<f8", ElementType.FLOAT64),
        FLOAT16("<f2", ElementType.FLOAT16),
        INT8("|i1", ElementType.INT8),
        INT16("<i2", ElementType.INT16),
        INT32("<i4", ElementType.INT32),
        INT64("<i8", ElementType.INT64),
        UINT8("|u1", ElementType.UINT8),
        UINT16("<u2", ElementType.UINT16),
        UINT32("<u4", ElementType.UINT32),
        UINT64("<u8", ElementType.UINT64),
        BOOL("|b1", ElementType.BOOL);

        final String description;
        final ElementType element;
        final int bytes;

        Type(String description, ElementType element) {
            this.description = description;
            this.element = element;
            this.bytes = element.bytes();
        }

        static Type of(String description) throws NpyFormatException {
            for (Type type : values()) {
                if (type.description.equals(description)) {
                    return type;
                }
            }
            String kind = description.startsWith(">") ? ", big-endian" : "";
            throw new NpyFormatException(
                    "descr: '%s'%s (expected: one of %s)"
                            .formatted(
                                    NpyDictionary.printable(description),
                                    kind,
                                    Arrays.stream(values())
                                            .map(type -> "'" + type.description + "'")
                                            .collect(Collectors.joining(", "))));
        }

        /** The type that a file holds elements in, {@code <f4} for those it has none for. */
        static Type of(ElementType element) {
            for (Type type : values()) {
                if (type.element == element) {
                    return type;
                }
            }
            return FLOAT32;
        }

        /** Whether its elements are read as floating-point numbers. */
        boolean isReadAsFloats() {
            return this == FLOAT32 || this == FLOAT64 || this == UINT8;
        }
    }

    /**
     * The header itself if its elements are read as floating-point numbers.
     *
     * @throws NpyFormatException if they are not
     */
    NpyHeader requireFloats() throws NpyFormatException {
        if (!type.isReadAsFloats()) {
            throw new NpyFormatException(
                    "descr: '%s' (expected: '<f4', '<f8' or '|u1')".formatted(type.description));
        }
        return this;
    }

    /** The product of the sizes. */
    long elementCount() {
        return Strides.elementCount(shape);
    }

    /** The elements' bytes in the file. Overflow was refused when the header was read. */
    long dataBytes() {
        return elementCount() * type.bytes;
    }

    /** Reads no byte beyond the header. */
    static NpyHeader read(InputStream input) throws IOException {
        byte[] start = exactly(input, MAGIC.length + 2);
        if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new NpyFormatException(
                    "begins with %s (expected: the .npy magic string, 93 4e 55 4d 50 59)"
                            .formatted(hexadecimal(start)));
        }
        int major = start[MAGIC.length];
        int minor = start[MAGIC.length + 1];
        if (major < 1 || major > 3 || minor != 0) {
            throw new NpyFormatException(
                    "version %d.%d (expected: 1.0, 2.0 or 3.0)"
                            .formatted(major & 0xff, minor & 0xff));
        }
        int lengthBytes = major == 1 ? 2 : 4;
        byte[] lengthField = exactly(input, lengthBytes);
        long length = 0;
        for (int i = lengthBytes - 1; i >= 0; i--) {
            length = (length << 8) | (lengthField[i] & 0xff);
        }
        if (length > LONGEST) {
            throw new NpyFormatException(
                    "header of %d bytes (expected: at most %d)".formatted(length, LONGEST));
        }
        byte[] text = exactly(input, (int) length);
        Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        NpyDictionary dictionary = NpyDictionary.parse(decode(text, charset), major < 3);
        Type type = Type.of(dictionary.descr());
        long[] shape = checked(dictionary.shape(), type);
        int whole = MAGIC.length + 2 + lengthBytes + (int) length;
        return new NpyHeader(type, dictionary.fortranOrder(), shape, whole);
    }

    private static long[] checked(long[] shape, Type type) throws NpyFormatException {
        try {
            long[] sizes = Strides.checkedShape(shape);
            Math.multiplyExact(Strides.elementCount(sizes), type.bytes);
            return sizes;
        } catch (IllegalArgumentException | ArithmeticException bad) {
            NpyFormatException refused =
                    new NpyFormatException(
                            bad instanceof IllegalArgumentException
                                    ? String.valueOf(bad.getMessage())
                                    : "shape: %s (expected: a byte count below 2^63)"
                                            .formatted(Arrays.toString(shape)));
            refused.initCause(bad);
            throw refused;
        }
    }

    private static String decode(byte[] text, Charset charset) throws NpyFormatException {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException malformed) {
            NpyFormatException refused =
                    new NpyFormatException("header: malformed text (expected: " + charset + ")");
            refused.initCause(malformed);
            throw refused;
        }
    }

    private static byte[] exactly(InputStream input, int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) {
            throw new NpyFormatException(
                    "ends inside the header (expected: %d more bytes)"
                            .formatted(count - bytes.length));
        }
        return bytes;
    }

    private static String hexadecimal(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < MAGIC.length; i++) {
            text.append(i == 0 ? "" : " ").append("%02x".formatted(bytes[i]));
        }
        return text.toString();
    }

    /** The header of a row-major float32 array, to the byte as {@code numpy.save} writes it. */
    static byte[] ofFloats(long[] shape) {
        return of(Type.FLOAT32, shape);
    }

    /** The header of a row-major array, to the byte as {@code numpy.save} writes it. */
    static byte[] of(Type type, long[] shape) {
        StringBuilder text = new StringBuilder("{'descr': '").append(type.description);
        text.append("', 'fortran_order': False, 'shape': (");
        for (int dim = 0; dim < shape.length; dim++) {
            text.append(dim == 0 ? "" : ", ").append(shape[dim]);
        }
        text.append(shape.length == 1 ? ",), }" : "), }");
        if (shape.length > 0) {
            text.repeat(' ', GROWTH_DIGITS - Long.toString(shape[0]).length());
        }
        int prefix = MAGIC.length + 4;
        int unpadded = prefix + text.length() + 1;
        text.repeat(' ', ALIGNMENT - unpadded % ALIGNMENT).append('\n');
        byte[] header = new byte[prefix + text.length()];
        System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
        header[MAGIC.length] = 1;
        header[MAGIC.length + 2] = (byte) text.length();
        header[MAGIC.length + 3] = (byte) (text.length() >> 8);
        byte[] ascii = text.toString().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, header, prefix, ascii.length);
        return header;
    }
}
