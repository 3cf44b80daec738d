package io.strider.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * NumPy's {@code .npy} files.
 *
 * <p>Read are versions 1.0, 2.0 and 3.0 with elements of type {@code <f4} (float32), {@code <f8}
 * (float64) and {@code |u1} (unsigned bytes), by {@link #readArray} of all types, in C or Fortran
 * order, of rank 0 to 8. Nothing in a file is trusted: headers are bounded to 64 KiB, and sizes are
 * held against the file's real length, or the caller's limit, before memory is taken. What does not
 * fit is an {@link NpyFormatException}.
 *
 * <p>Written is version 1.0, {@code <f4}, C order, to the byte as {@code numpy.save} writes it.
 *
 * <p>All methods may be called from many threads.
 */
public final class Npy {
    /** Elements that are converted at a time. */
    private static final int CHUNK = 8192;

    private Npy() {}

    /**
     * An array in double precision.
     *
     * @param shape the sizes
     * @param values the elements in row-major order, whatever the order in the file
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of bulk data, compared by nobody
    public record Doubles(long[] shape, double[] values) {}

    /**
     * Reads a file into a new tensor. Float64 is rounded to float32, and what exceeds its range
     * becomes infinite. A file in Fortran order becomes a tensor whose first stride is 1.
     *
     * @param path a regular file of exactly the length that its header declares
     * @param arena where the memory comes from
     * @throws NpyFormatException if the content is malformed, or longer or shorter than declared
     * @throws IOException if the file is missing, no regular file, or cannot be read
     */
    public static Tensor read(Path path, Arena arena) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(arena, "arena");
        try (FileChannel channel = InputFiles.open(path);
                InputStream input = new BufferedInputStream(Channels.newInputStream(channel))) {
            NpyHeader header = NpyHeader.read(input).requireFloats();
            checkLength(header, channel.size());
            return readElements(input, header, arena);
        } catch (NpyFormatException malformed) {
            throw named(path, malformed);
        }
    }

    /**
     * Reads an array from a stream into a new tensor, up to the last element and no further; the
     * stream is not closed. Types are converted as in {@link #read(Path, Arena)}.
     *
     * @param arena where the memory comes from
     * @param maxBytes how many bytes the elements may take, in the stream and as a tensor
     * @throws NpyFormatException if the content is malformed, ends early or needs more than
     *     maxBytes
     */
    public static Tensor read(InputStream input, Arena arena, long maxBytes) throws IOException {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(arena, "arena");
        Arguments.notNegative("maxBytes", maxBytes);
        NpyHeader header = NpyHeader.read(input).requireFloats();
        checkLimit(header, Float.BYTES, maxBytes);
        return readElements(input, header, arena);
    }

    /**
     * Maps a file's float32 elements into memory, read-only and without copying. As with {@link
     * Tensor#map}, the file must not be truncated while the mapping is in use.
     *
     * @param path a regular file of exactly the length that its header declares
     * @param arena how long the mapping lives
     * @throws NpyFormatException if the content is malformed, of another type than {@code <f4}, or
     *     does not begin at a multiple of 4; {@link #read(Path, Arena)} may then still be able to
     *     read it
     * @throws IOException if the file is missing, no regular file, or cannot be read
     */
    public static Tensor map(Path path, Arena arena) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(arena, "arena");
        NpyHeader header;
        try (FileChannel channel = InputFiles.open(path);
                InputStream input = new BufferedInputStream(Channels.newInputStream(channel))) {
            header = NpyHeader.read(input).requireFloats();
            checkLength(header, channel.size());
            if (header.type() != NpyHeader.Type.FLOAT32
                    || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
                throw new NpyFormatException(
                        "descr: '%s' (expected: '<f4' on a little-endian machine, to be mapped)"
                                .formatted(header.type().description));
            }
            if (header.length() % Float.BYTES != 0) {
                throw new NpyFormatException(
                        "elements begin at byte %d (expected: a multiple of 4, to be mapped)"
                                .formatted(header.length()));
            }
        } catch (NpyFormatException malformed) {
            throw named(path, malformed);
        }
        return inLogicalOrder(
                header, Tensor.map(path, header.length(), arena, shapeInFile(header)));
    }

    /**
     * Reads an array from a stream in double precision, up to the last element and no further; the
     * stream is not closed.
     *
     * @param maxBytes how many bytes the elements may take, in the stream and as doubles
     * @throws NpyFormatException if the content is malformed, ends early or needs more than
     *     maxBytes or than an array can hold
     */
    public static Doubles readDoubles(InputStream input, long maxBytes) throws IOException {
        Objects.requireNonNull(input, "input");
        Arguments.notNegative("maxBytes", maxBytes);
        NpyHeader header = NpyHeader.read(input).requireFloats();
        return new Doubles(header.shape(), doubles(input, header, maxBytes));
    }

    /**
     * Reads an array of any type from a stream, up to the last element and no further; the stream
     * is not closed. Read are {@code <f2 <f4 <f8}, {@code |i1 <i2 <i4 <i8}, {@code |u1 <u2 <u4 <u8}
     * and {@code |b1}.
     *
     * @param maxBytes how many bytes the elements may take, in the stream and at eight bytes each
     * @throws NpyFormatException if the content is malformed, ends early or needs more than
     *     maxBytes or than an array can hold
     */
    public static NdArray readArray(InputStream input, long maxBytes) throws IOException {
        Objects.requireNonNull(input, "input");
        Arguments.notNegative("maxBytes", maxBytes);
        NpyHeader header = NpyHeader.read(input);
        ElementType type = header.type().element;
        if (type.isFloating()) {
            return NdArray.ofDoubles(type, doubles(input, header, maxBytes), header.shape());
        }
        long[] values = new long[checkedCount(header, maxBytes)];
        NpyElements elements = new NpyElements(input, header);
        for (int done = 0; done < values.length; done += CHUNK) {
            elements.read(values, done, Math.min(CHUNK, values.length - done));
        }
        if (header.fortranOrder()) {
            long[] inFile = values.clone();
            reorder(header, (from, to) -> values[to] = inFile[from]);
        }
        return NdArray.ofLongs(type, values, header.shape());
    }

    private static double[] doubles(InputStream input, NpyHeader header, long maxBytes)
            throws IOException {
        double[] values = new double[checkedCount(header, maxBytes)];
        NpyElements elements = new NpyElements(input, header);
        for (int done = 0; done < values.length; done += CHUNK) {
            elements.read(values, done, Math.min(CHUNK, values.length - done));
        }
        if (header.fortranOrder()) {
            double[] inFile = values.clone();
            reorder(header, (from, to) -> values[to] = inFile[from]);
        }
        return values;
    }

    /** How many elements, each to take eight bytes. */
    private static int checkedCount(NpyHeader header, long maxBytes) throws NpyFormatException {
        checkLimit(header, Double.BYTES, maxBytes);
        long count = header.elementCount();
        if (count > Integer.MAX_VALUE - 8) {
            throw new NpyFormatException(
                    "%d elements (expected: at most 2147483639, an array)".formatted(count));
        }
        return (int) count;
    }

    /** Takes an element from one place to another. */
    private interface Move {
        void move(int from, int to);
    }

    /** From Fortran order, as in the file, to C order. */
    private static void reorder(NpyHeader header, Move move) {
        if (header.elementCount() == 0) {
            return;
        }
        Layout inFile = Layout.of(MemoryFormat.CHANNELS_FIRST, shapeInFile(header));
        Layout wanted = Layout.of(MemoryFormat.CHANNELS_FIRST, header.shape());
        Loops loops = new Loops(inFile.permute(reversed(inFile.rank())), wanted);
        loops.run(
                loops.depth,
                0,
                0,
                (from, to) -> {
                    move.move((int) from, (int) to);
                    return true;
                });
    }

    private static Tensor readElements(InputStream input, NpyHeader header, Arena arena)
            throws IOException {
        Tensor tensor = Tensor.allocate(arena, MemoryFormat.CHANNELS_FIRST, shapeInFile(header));
        NpyElements elements = new NpyElements(input, header);
        float[] chunk = new float[(int) Math.min(CHUNK, tensor.elementCount())];
        for (long done = 0; done < tensor.elementCount(); done += CHUNK) {
            int count = (int) Math.min(CHUNK, tensor.elementCount() - done);
            elements.read(chunk, count);
            MemorySegment.copy(chunk, 0, tensor.segment(), JAVA_FLOAT, done * Float.BYTES, count);
        }
        return inLogicalOrder(header, tensor);
    }

    /** Fortran order is C order with the dimensions reversed. */
    private static long[] shapeInFile(NpyHeader header) {
        long[] shape = header.shape().clone();
        if (header.fortranOrder()) {
            Arrays.setAll(shape, dim -> header.shape()[shape.length - 1 - dim]);
        }
        return shape;
    }

    private static Tensor inLogicalOrder(NpyHeader header, Tensor tensor) {
        return header.fortranOrder() ? tensor.permute(reversed(tensor.rank())) : tensor;
    }

    private static int[] reversed(int rank) {
        int[] dims = new int[rank];
        Arrays.setAll(dims, dim -> rank - 1 - dim);
        return dims;
    }

    private static void checkLength(NpyHeader header, long actual) throws NpyFormatException {
        // Compared as a difference, which cannot overflow.
        if (actual - header.length() != header.dataBytes()) {
            throw new NpyFormatException(
                    "%d bytes (expected: %d of header and %d of elements, as it declares shape %s of '%s')"
                            .formatted(
                                    actual,
                                    header.length(),
                                    header.dataBytes(),
                                    Arrays.toString(header.shape()),
                                    header.type().description));
        }
    }

    private static void checkLimit(NpyHeader header, int bytesInMemory, long maxBytes)
            throws NpyFormatException {
        int widest = Math.max(bytesInMemory, header.type().bytes);
        if (header.elementCount() > maxBytes / widest) {
            throw new NpyFormatException(
                    "shape %s of '%s' (expected: elements of at most %d bytes in all, the caller's limit)"
                            .formatted(
                                    Arrays.toString(header.shape()),
                                    header.type().description,
                                    maxBytes));
        }
    }

    private static NpyFormatException named(Path path, NpyFormatException malformed) {
        NpyFormatException named = new NpyFormatException(path + ": " + malformed.getMessage());
        named.initCause(malformed);
        return named;
    }

    /**
     * Writes a tensor to a file, all or nothing: under another name in the same folder first, then
     * moved to its own name; see {@link StagedFiles} for what happens to links and devices.
     *
     * @param tensor not modified; any strides, written in row-major order
     * @throws IOException if the folder is missing or may not be written, the path is a directory,
     *     or the disk is full; the path then holds what it held before
     */
    public static void write(Path path, Tensor tensor) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(tensor, "tensor");
        tensor.requireReadable("tensor");
        try (StagedFiles files = new StagedFiles()) {
            files.stage(path, output -> write(output, tensor));
            files.commit();
        }
    }

    /**
     * Writes a tensor to a stream, which is neither flushed nor closed.
     *
     * @param tensor not modified; any strides, written in row-major order
     */
    public static void write(OutputStream output, Tensor tensor) throws IOException {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(tensor, "tensor");
        tensor.requireReadable("tensor");
        output.write(NpyHeader.ofFloats(tensor.shape()));
        if (tensor.elementCount() > 0) {
            long size = Math.min(CHUNK, tensor.elementCount());
            writeElements(output, tensor, new byte[(int) size * Float.BYTES]);
        }
    }

    /**
     * Writes the beginning of a file of float32 elements. The caller writes the elements after it,
     * little-endian and in row-major order: a way for arrays that are not in memory as a whole.
     *
     * @param output neither flushed nor closed
     * @param shape the sizes, each at least 0
     * @throws IllegalArgumentException if a size is negative, or there are more elements than a
     *     {@code long} can count
     */
    public static void writeHeader(OutputStream output, long... shape) throws IOException {
        Objects.requireNonNull(output, "output");
        output.write(NpyHeader.ofFloats(Strides.checkedShape(shape)));
    }

    /**
     * Writes an array in its own type to a stream, which is neither flushed nor closed; {@link
     * ElementType#BFLOAT16}, which NumPy lacks, as {@code <f4}.
     *
     * @param array written in row-major order
     */
    public static void write(OutputStream output, NdArray array) throws IOException {
        Objects.requireNonNull(output, "output");
        NpyHeader.Type type = NpyHeader.Type.of(array.type());
        output.write(NpyHeader.of(type, array.shape()));
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < array.count(); i++) {
            switch (type) {
                case FLOAT64 -> chunk.putDouble(array.getDouble(i));
                case FLOAT32 -> chunk.putFloat((float) array.getDouble(i));
                case FLOAT16 -> chunk.putShort(Float.floatToFloat16((float) array.getDouble(i)));
                case INT64, UINT64 -> chunk.putLong(array.getLong(i));
                case INT32, UINT32 -> chunk.putInt((int) array.getLong(i));
                case INT16, UINT16 -> chunk.putShort((short) array.getLong(i));
                case INT8, UINT8, BOOL -> chunk.put((byte) array.getLong(i));
            }
            if (!chunk.hasRemaining()) {
                output.write(chunk.array(), 0, chunk.position());
                chunk.clear();
            }
        }
        output.write(chunk.array(), 0, chunk.position());
    }

    /** Cuts the tensor along its first dimension until the pieces fit a chunk. */
    private static void writeElements(OutputStream output, Tensor tensor, byte[] chunk)
            throws IOException {
        long count = tensor.elementCount();
        if (count <= CHUNK) {
            ByteBuffer bytes = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.toArray());
            output.write(chunk, 0, (int) count * Float.BYTES);
            return;
        }
        long size = tensor.size(0);
        long rows = Math.max(1, CHUNK / (count / size));
        for (long row = 0; row < size; row += rows) {
            Tensor part = tensor.slice(0, row, Math.min(size, row + rows));
            writeElements(output, rows == 1 ? part.squeeze(0) : part, chunk);
        }
    }
}
