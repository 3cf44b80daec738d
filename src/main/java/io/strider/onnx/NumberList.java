package io.strider.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A repeated field of numbers, which a file may hold packed (one run of bytes), one by one, or as a
 * mixture. The usual single run is only remembered where it lies: weights of many megabytes are
 * decoded once, into their final place, or not at all. Anything else is collected on the heap.
 *
 * <p>Floating-point numbers are handled as their bits.
 */
final class NumberList {
    private static final ValueLayout.OfInt INT =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How the numbers are encoded. */
    enum Encoding {
        /** Seven bits a byte. */
        VARINT(1),
        /** Four bytes. */
        FIXED32(Integer.BYTES),
        /** Eight bytes. */
        FIXED64(Long.BYTES);

        /** The fewest bytes that a number takes. */
        final int bytes;

        Encoding(int bytes) {
            this.bytes = bytes;
        }
    }

    private final WireReader wire;
    private final String name;
    private final Encoding encoding;

    /** The only run so far, unless numbers have been collected. */
    private @Nullable MemorySegment run;

    private long[] collected = {};
    private int size;

    /**
     * @param name the field's, for messages
     */
    NumberList(WireReader wire, String name, Encoding encoding) {
        this.wire = wire;
        this.name = name;
        this.encoding = encoding;
    }

    String name() {
        return name;
    }

    /** Reads the wire's current field, one number or a run of them. */
    void read() throws IOException {
        if (!wire.isLengthDelimited()) {
            collectRun();
            collect(
                    switch (encoding) {
                        case VARINT -> wire.integer();
                        case FIXED32 -> wire.fixed32();
                        case FIXED64 -> wire.fixed64();
                    });
            return;
        }
        MemorySegment payload = wire.payload();
        check(payload);
        if (payload.byteSize() == 0) {
            return;
        }
        if (run == null && size == 0) {
            run = payload;
            return;
        }
        collectRun();
        reserve(countIn(payload));
        forEachIn(payload, this::put);
    }

    /** How many numbers there are. */
    long count() {
        return run == null ? size : countIn(run);
    }

    /** The numbers where they lie, if they are one run of fixed width. */
    @Nullable MemorySegment inPlace() {
        return encoding == Encoding.VARINT ? null : run;
    }

    /** Hands the numbers over in their order, floating-point ones as their bits. */
    void forEach(LongConsumer consumer) throws IOException {
        if (run != null) {
            forEachIn(run, consumer);
        } else {
            for (int i = 0; i < size; i++) {
                consumer.accept(collected[i]);
            }
        }
    }

    /** The numbers, on the heap, in an array of their own. */
    long[] toArray() throws IOException {
        collectRun();
        wire.charge((long) size * Long.BYTES);
        return Arrays.copyOf(collected, size);
    }

    private void collectRun() throws IOException {
        MemorySegment only = run;
        if (only != null) {
            run = null;
            reserve(countIn(only));
            forEachIn(only, this::put);
        }
    }

    private void collect(long number) throws OnnxFormatException {
        reserve(1);
        put(number);
    }

    private void put(long number) {
        collected[size++] = number;
    }

    private void reserve(long more) throws OnnxFormatException {
        long needed = size + more;
        if (needed <= collected.length) {
            return;
        }
        long capacity = Math.max(needed, Math.max(8, collected.length * 2L));
        if (capacity > Integer.MAX_VALUE - 8) {
            throw wire.refused("%s: %d numbers (expected: fewer)".formatted(name, needed));
        }
        wire.charge(capacity * Long.BYTES);
        collected = Arrays.copyOf(collected, (int) capacity);
    }

    private void check(MemorySegment payload) throws OnnxFormatException {
        long length = payload.byteSize();
        if (encoding != Encoding.VARINT) {
            if (length % encoding.bytes != 0) {
                throw wire.refused(
                        "%s: %d bytes (expected: a multiple of %d)"
                                .formatted(name, length, encoding.bytes));
            }
        } else if (length > 0 && payload.get(JAVA_BYTE, length - 1) < 0) {
            throw wire.refused(name + ": ends in the middle of a number (expected: whole ones)");
        }
    }

    private long countIn(MemorySegment payload) {
        long length = payload.byteSize();
        if (encoding != Encoding.VARINT) {
            return length / encoding.bytes;
        }
        long ends = 0;
        for (long i = 0; i < length; i++) {
            // The last byte of each number has its top bit clear.
            ends += ~payload.get(JAVA_BYTE, i) >>> 31;
        }
        return ends;
    }

    private void forEachIn(MemorySegment payload, LongConsumer consumer) throws IOException {
        long length = payload.byteSize();
        switch (encoding) {
            case FIXED32 -> {
                for (long i = 0; i < length; i += Integer.BYTES) {
                    consumer.accept(payload.get(INT, i));
                }
            }
            case FIXED64 -> {
                for (long i = 0; i < length; i += Long.BYTES) {
                    consumer.accept(payload.get(LONG, i));
                }
            }
            case VARINT -> {
                for (long i = 0; i < length; ) {
                    i = varint(payload, i, consumer);
                }
            }
        }
    }

    /**
     * Hands over the number at an index. Not left to the parser of protocol buffers, which takes
     * more numbers out of a malformed run than {@link #countIn} has seen.
     *
     * @return the index behind it, which {@link #check} has made sure is within the payload
     */
    private long varint(MemorySegment payload, long index, LongConsumer consumer)
            throws OnnxFormatException {
        long at = index;
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = payload.get(JAVA_BYTE, at++);
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                consumer.accept(value);
                return at;
            }
        }
        throw wire.refused(name + ": a number of more than ten bytes (expected: at most ten)");
    }
}
