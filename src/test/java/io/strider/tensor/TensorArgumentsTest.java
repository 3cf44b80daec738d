package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorArgumentsTest {
    private final Arena arena = Arena.ofConfined();
    private final Tensor tensor = Positions.numbered(arena, 2, 3, 5);

    @AfterEach
    void close() {
        arena.close();
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(message);
    }

    @Test
    void shapesAreChecked() {
        refused(
                () -> Tensor.zeros(arena, 1, 1, 1, 1, 1, 1, 1, 1, 1),
                "shape: rank 9 (expected: at most 8)");
        refused(() -> Tensor.zeros(arena, 2, -1), "shape[1]: -1 (expected: >= 0)");
        refused(() -> Tensor.zeros(arena, 1L << 31, 1L << 31), "shape: [2147483648, 2147483648]");
        refused(() -> Tensor.zeros(arena, Long.MAX_VALUE), "below 2^63");
        refused(() -> Tensor.zeros(arena, Long.MAX_VALUE, 0, Long.MAX_VALUE), "below 2^63");
        refused(
                () -> Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, 2, 3),
                "format: CHANNELS_LAST for shape [2, 3] (expected: rank 4)");
        refused(() -> tensor.contiguous(arena, MemoryFormat.CHANNELS_LAST), "rank 4");
        refused(
                () -> Tensor.of(arena, new float[5], 2, 3),
                "values: 5 elements (expected: 6 for shape [2, 3])");
        assertThatNullPointerNaming("arena", () -> Tensor.zeros(null, 1));
        assertThatNullPointerNaming("shape", () -> Tensor.zeros(arena, (long[]) null));
        assertThatNullPointerNaming("values", () -> Tensor.of(arena, null, 1));
        assertThatNullPointerNaming("format", () -> Tensor.zeros(arena, (MemoryFormat) null, 1));
        assertThatNullPointerNaming("segment", () -> Tensor.wrap((MemorySegment) null, 1));
        assertThatNullPointerNaming("buffer", () -> Tensor.wrap((FloatBuffer) null, 1));
        assertThatNullPointerNaming("buffer", () -> Tensor.wrap((ByteBuffer) null, 1));
        assertThatNullPointerNaming("source", () -> tensor.copyFrom(null));
        assertThatNullPointerNaming("other", () -> tensor.equalsWithin(null, 0, 0));
        assertThatNullPointerNaming("strides", () -> tensor.asStrided(new long[0], null, 0));
        assertThatNullPointerNaming("dims", () -> tensor.permute((int[]) null));
        assertThatNullPointerNaming("index", () -> tensor.get((long[]) null));
    }

    private static void assertThatNullPointerNaming(String argument, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(argument);
    }

    @Test
    void moreMemoryThanThereIsCanBeCaught() {
        assertThatThrownBy(() -> Tensor.zeros(arena, 1L << 50))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> Tensor.zeros(arena, Long.MAX_VALUE / 4))
                .isInstanceOfAny(OutOfMemoryError.class, IllegalArgumentException.class);
    }

    @Test
    void viewsCheckTheirArguments() {
        refused(() -> tensor.slice(3, 0, 1), "dim: 3 (expected: 0 to 2)");
        refused(() -> tensor.slice(-1, 0, 1), "dim: -1 (expected: 0 to 2)");
        refused(() -> tensor.slice(2, 1, 6), "from, to: 1, 6 (expected: 0 <= from <= to <= 5");
        refused(() -> tensor.slice(2, -1, 3), "from, to: -1, 3");
        refused(() -> tensor.slice(2, 3, 2), "from, to: 3, 2");
        refused(() -> tensor.slice(2, 0, 5, 0), "step: 0 (expected: >= 1)");
        assertThat(tensor.slice(2, 1, 5, Long.MAX_VALUE).shape()).containsExactly(2, 3, 1);
        refused(() -> tensor.select(1, 3), "index: 3 in dimension 1 (expected: >= 0 and < 3)");
        refused(() -> tensor.select(1, -1), "index: -1");
        refused(
                () -> tensor.permute(0, 1),
                "dims: [0, 1] (expected: each of the 3 dimensions once)");
        refused(() -> tensor.permute(0, 1, 1), "dims: [0, 1, 1]");
        refused(() -> tensor.permute(0, 1, 3), "dims[2]: 3 (expected: 0 to 2)");
        refused(() -> tensor.permute(0, 1, 2, 0), "dims: [0, 1, 2, 0]");
        refused(() -> tensor.transpose(0, 3), "second: 3");
        refused(() -> tensor.transpose(-1, 0), "first: -1");
        refused(
                () -> tensor.reshape(7),
                "shape: [7] (expected: 30 elements, as shape [2, 3, 5] has)");
        refused(() -> tensor.reshape(-1, 30), "shape[0]: -1");
        refused(() -> tensor.permute(2, 1, 0).reshape(30), "call contiguous(arena) first");
        refused(() -> tensor.squeeze(1), "dim: 1 of size 3 (expected: size 1)");
        refused(() -> tensor.unsqueeze(4), "dim: 4 (expected: 0 to 3)");
        refused(
                () -> Tensor.zeros(arena, 1, 1, 1, 1, 1, 1, 1, 1).unsqueeze(0),
                "rank 8 (expected: at most 7");
        refused(
                () -> Tensor.zeros(arena, 1, 1, 1, 1, 1, 1, 1, 1).unfold(0, 1, 1),
                "rank 8 (expected: at most 7");
        refused(() -> tensor.expand(3, 5), "shape: [3, 5] (expected: an expansion of [2, 3, 5]");
        refused(() -> tensor.expand(2, 6, 5), "shape: [2, 6, 5]");
        refused(() -> Tensor.zeros(arena, 1).expand(1L << 40, 1L << 40), "below 2^63");
        refused(
                () -> tensor.unfold(2, 6, 1),
                "size: 6 (expected: 1 to 5, the size of dimension 2)");
        refused(() -> tensor.unfold(2, 0, 1), "size: 0");
        refused(() -> tensor.unfold(2, 1, 0), "step: 0");
        refused(
                () -> Tensor.zeros(arena).slice(0, 0, 0),
                "dim: 0 (expected: none, as the rank is 0)");
        refused(() -> tensor.get(1, 1), "index: [1, 1] (expected: 3 entries)");
        refused(() -> tensor.get(1, 1, 5), "index: 5 in dimension 2 (expected: >= 0 and < 5)");
        refused(() -> tensor.set(0, -1, 0, 0), "index: -1 in dimension 0");
        refused(
                () -> tensor.equalsWithin(tensor, -1, 0),
                "absolute: -1.0 (expected: finite, >= 0)");
        refused(() -> tensor.equalsWithin(tensor, 0, Double.NaN), "relative: NaN");
        refused(() -> tensor.size(3), "dim: 3");
        refused(() -> tensor.stride(-1), "dim: -1");
    }

    @Test
    void asStridedProvesItsBounds() {
        assertThat(tensor.asStrided(new long[] {2}, new long[] {29}, 0).get(1)).isEqualTo(29);
        refused(
                () -> tensor.asStrided(new long[] {2}, new long[] {29}, 1),
                "segment: 120 bytes (expected: room for shape [2] with strides [29] at offset 1)");
        refused(
                () -> tensor.asStrided(new long[] {2}, new long[] {-1}, 1),
                "strides[0]: -1 (expected: >= 0)");
        refused(
                () -> tensor.asStrided(new long[] {2}, new long[] {1, 1}, 1),
                "one for each dimension");
        refused(
                () -> tensor.asStrided(new long[] {2}, new long[] {1}, -1),
                "storageOffset: -1 (expected: >= 0)");
        refused(() -> tensor.asStrided(new long[] {}, new long[] {}, 30), "offset 30");
        refused(() -> tensor.asStrided(new long[] {0}, new long[] {1}, 31), "offset 31");
        refused(() -> tensor.asStrided(new long[] {2}, new long[] {Long.MAX_VALUE}, 5), "room for");
        refused(
                () -> tensor.asStrided(new long[] {3}, new long[] {Long.MAX_VALUE}, 5),
                "offsets below 2^63");
        refused(
                () -> tensor.asStrided(new long[] {2, 2}, new long[] {Long.MAX_VALUE, 1}, 5),
                "offsets below 2^63");
        refused(() -> tensor.asStrided(new long[] {1}, new long[] {1}, Long.MAX_VALUE), "room for");
        // A stride that is never walked may be anything, and views of it stay within bounds.
        Tensor odd = tensor.asStrided(new long[] {1, 2}, new long[] {Long.MAX_VALUE, 3}, 4);
        assertThat(odd.unsqueeze(0).slice(1, 0, 1, 5).unfold(1, 1, 9).toArray())
                .containsExactly(4, 7);
        assertThat(odd.slice(0, 1, 1).slice(0, 0, 0, 7).unsqueeze(0).toArray()).isEmpty();
        assertThat(odd.reshape(2).toArray()).containsExactly(4, 7);
    }

    @Test
    void onlyAlignedNativeMemoryIsWrapped() {
        refused(
                () -> Tensor.wrap(MemorySegment.ofArray(new float[6]), 2, 3),
                "segment: on the heap (expected: native");
        MemorySegment bytes = arena.allocate(32, 8);
        refused(() -> Tensor.wrap(bytes.asSlice(2), 2), "(expected: a multiple of 4)");
        refused(() -> Tensor.wrap(bytes, 9), "segment: 32 bytes (expected: room for shape [9]");
        refused(() -> Tensor.wrap(bytes.asSlice(0, 31), 8), "segment: 31 bytes");
        assertThat(Tensor.wrap(bytes, 2, 3).elementCount()).isEqualTo(6);
        assertThat(Tensor.wrap(MemorySegment.NULL, 0, 4).toArray()).isEmpty();
        refused(
                () -> Tensor.wrap(FloatBuffer.allocate(6), 6),
                "buffer: on the heap (expected: a direct buffer)");
        refused(() -> Tensor.wrap(ByteBuffer.allocate(24), 6), "buffer: on the heap");
        ByteOrder other =
                ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                        ? ByteOrder.LITTLE_ENDIAN
                        : ByteOrder.BIG_ENDIAN;
        refused(
                () -> Tensor.wrap(ByteBuffer.allocateDirect(24).order(other), 6),
                "buffer: " + other);
        refused(
                () -> Tensor.wrap(ByteBuffer.allocateDirect(24).order(other).asFloatBuffer(), 6),
                "buffer: " + other);
        refused(
                () -> Tensor.wrap(ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder()), 7),
                "segment: 24 bytes");
    }

    @Test
    void directBuffersAreSharedFromTheirPosition() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());
        FloatBuffer floats = bytes.asFloatBuffer();
        Tensor whole = Tensor.wrap(floats, 2, 4);
        Tensor rest = Tensor.wrap(bytes.position(8), 6);
        floats.put(2, 5f);
        assertThat(whole.get(0, 2)).isEqualTo(5);
        assertThat(rest.get(0)).isEqualTo(5);
        rest.set(6, 1);
        assertThat(floats.get(3)).isEqualTo(6);
        assertThat(whole.overlaps(rest)).isTrue();
        Tensor readOnly = Tensor.wrap(floats.asReadOnlyBuffer(), 8);
        assertThat(readOnly.isReadOnly()).isTrue();
        refused(() -> readOnly.set(1, 0), "tensor: read-only");
        refused(() -> readOnly.fill(1), "tensor: read-only");
        refused(
                () -> readOnly.requireWritable("output"),
                "output: read-only (expected: writable memory)");
    }

    @Test
    void copyFromRefusesWhatItCannotDo() {
        Tensor other = Tensor.zeros(arena, 2, 3, 5);
        refused(
                () -> other.copyFrom(tensor.slice(0, 0, 1)),
                "source: shape [1, 3, 5] (expected: [2, 3, 5])");
        refused(() -> tensor.copyFrom(tensor), "source: overlaps the tensor");
        refused(() -> tensor.slice(2, 0, 3).copyFrom(tensor.slice(2, 2, 5)), "overlaps");
        refused(
                () -> other.slice(0, 0, 1).expand(2, 3, 5).copyFrom(tensor),
                "no two indices for one element");
        refused(
                () -> other.slice(0, 0, 1).expand(2, 3, 5).fill(1),
                "no two indices for one element");
        assertThat(other.toArray()).containsOnly(0);
        tensor.slice(2, 0, 2).copyFrom(tensor.slice(2, 3, 5));
        assertThat(tensor.get(1, 2, 0)).isEqualTo(28);
        other.copyFrom(tensor.slice(0, 1, 2).expand(2, 3, 5));
        assertThat(other.get(0, 0, 2)).isEqualTo(17);
    }

    @Test
    void closedArenasAndForeignThreadsAreExceptions() throws InterruptedException {
        Throwable[] thrown = new Throwable[5];
        Thread thread =
                new Thread(() -> {
                    thrown[0] =
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> tensor.get(0, 0, 0));
                    thrown[1] =
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> tensor.requireReadable("input"));
                    thrown[2] =
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> tensor.requireWritable("output"));
                    thrown[3] =
                            org.assertj.core.api.Assertions.catchThrowable(() -> tensor.toArray());
                    thrown[4] =
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> Tensor.zeros(arena, 2));
                });
        thread.start();
        thread.join();
        assertThat(thrown)
                .allSatisfy(each -> assertThat(each).isInstanceOf(WrongThreadException.class));
        assertThat(thrown[1])
                .hasMessageStartingWith("input: its arena is confined to another thread");

        Arena brief;
        Tensor closed;
        try (Arena closing = Arena.ofConfined()) {
            brief = closing;
            closed = Tensor.zeros(closing, 2, 2);
        }
        for (ThrowingCallable use :
                new ThrowingCallable[] {
                    () -> closed.get(0, 0),
                    () -> closed.set(1, 0, 0),
                    () -> closed.fill(1),
                    () -> closed.toArray(),
                    () -> closed.contiguous(arena),
                    () -> closed.equalsWithin(tensor, 0, 0),
                    () -> tensor.select(0, 0).slice(0, 0, 2).slice(1, 0, 2).copyFrom(closed),
                    () -> tensor.contiguous(brief),
                    () -> Tensor.zeros(brief, 1)
                }) {
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(use);
        }
        assertThatThrownBy(() -> closed.requireReadable("weights"))
                .hasMessage("weights: its arena has been closed");
        assertThat(closed.transpose(0, 1).shape()).containsExactly(2, 2);
    }

    @Test
    void anArrayThatIsTooLargeIsRefused() {
        Tensor large = Tensor.zeros(arena, 1).expand(1L << 31);
        refused(
                large::toArray,
                "tensor: 2147483648 elements (expected: at most 2147483639, an array)");
    }

    @Test
    void filesAreMappedWithoutCopying(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("values.raw");
        ByteBuffer bytes = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 12; i++) {
            bytes.putFloat(i);
        }
        Files.write(file, bytes.array());
        Tensor mapped = Tensor.map(file, 8, arena, 2, 5);
        assertThat(mapped.toArray()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(mapped.isReadOnly()).isTrue();
        refused(() -> mapped.fill(0), "read-only");
        assertThat(Tensor.map(file, 48, arena, 0).toArray()).isEmpty();
        refused(
                () -> Tensor.map(file, 6, arena, 2),
                "byteOffset: 6 (expected: a multiple of 4, >= 0)");
        refused(() -> Tensor.map(file, -4, arena, 2), "byteOffset: -4");
        assertThatThrownBy(() -> Tensor.map(file, 8, arena, 11))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": has 48 bytes (expected: at least 44 from byte 8 on)");
        assertThatThrownBy(() -> Tensor.map(file, Long.MAX_VALUE - 3, arena, 1L << 60))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Tensor.map(folder, 0, arena, 1))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + ": is a directory (expected: a regular file)");
        assertThatThrownBy(() -> Tensor.map(folder.resolve("none"), 0, arena, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none: does not exist (expected: a file to read)");
    }
}
