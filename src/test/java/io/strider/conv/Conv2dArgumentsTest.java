package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link Conv2d} refuses: with a clear message, and before anything is written. */
class Conv2dArgumentsTest {
    private static final float CANARY = 42.5f;

    private final Arena arena = Arena.ofShared();
    private final Tensor x = filled(2, 4, 7, 10);
    private final Tensor w = filled(6, 4, 3, 2);
    private final Tensor b = filled(6);
    private final Tensor gy = filled(2, 6, 5, 9);
    private final Tensor y = filled(2, 6, 5, 9);
    private final Tensor gx = filled(2, 4, 7, 10);
    private final Tensor gw = filled(6, 4, 3, 2);
    private final Tensor gb = filled(6);
    private final Conv2d conv = Conv2d.builder().build();

    private Tensor filled(long... shape) {
        Tensor tensor = Tensor.zeros(arena, shape);
        tensor.fill(CANARY);
        return tensor;
    }

    @AfterEach
    void nothingWasWritten() {
        for (Tensor tensor : new Tensor[] {x, w, b, gy, y, gx, gw, gb}) {
            assertUntouched(tensor);
        }
        arena.close();
    }

    private static void assertUntouched(Tensor tensor) {
        float[] expected = new float[(int) tensor.elementCount()];
        Arrays.fill(expected, CANARY);
        assertThat(tensor.toArray()).isEqualTo(expected);
    }

    private static void refused(String start, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(start)
                .hasMessageMatching("(?s).+: .+\\(expected: .+\\)");
    }

    private static void missing(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    void goodArgumentsAreTaken() {
        try (Arena own = Arena.ofConfined()) {
            assertThat(conv.forward(x, w, b, own).shape()).containsExactly(2, 6, 5, 9);
            assertThat(conv.backwardInput(w, gy, x.shape(), own).shape())
                    .containsExactly(2, 4, 7, 10);
            assertThat(conv.backwardWeight(x, gy, w.shape(), own).shape())
                    .containsExactly(6, 4, 3, 2);
            assertThat(conv.backwardBias(gy, own).shape()).containsExactly(6);
        }
    }

    @Test
    void missingTensorsAreNamed() {
        missing("x", () -> conv.forward(null, w, b, y));
        missing("weight", () -> conv.forward(x, null, b, y));
        missing("y", () -> conv.forward(x, w, b, (Tensor) null));
        missing("arena", () -> conv.forward(x, w, b, (Arena) null));
        missing("weight", () -> conv.backwardInput(null, gy, gx));
        missing("gy", () -> conv.backwardInput(w, null, gx));
        missing("gx", () -> conv.backwardInput(w, gy, null));
        missing("inputShape", () -> conv.backwardInput(w, gy, null, arena));
        missing("arena", () -> conv.backwardInput(w, gy, x.shape(), null));
        missing("x", () -> conv.backwardWeight(null, gy, gw));
        missing("gy", () -> conv.backwardWeight(x, null, gw));
        missing("gw", () -> conv.backwardWeight(x, gy, null));
        missing("weightShape", () -> conv.backwardWeight(x, gy, null, arena));
        missing("arena", () -> conv.backwardWeight(x, gy, w.shape(), null));
        missing("gy", () -> conv.backwardBias(null, gb));
        missing("gb", () -> conv.backwardBias(gy, (Tensor) null));
        missing("arena", () -> conv.backwardBias(gy, (Arena) null));
        missing("geometry", () -> conv.algorithm(null));
        missing("inputShape", () -> conv.geometry(null, w.shape()));
        missing("weightShape", () -> conv.geometry(x.shape(), null));
        missing("padding", () -> Conv2d.builder().padding(null));
        missing("algorithm", () -> Conv2d.builder().algorithm(null));
        missing("blas", () -> Conv2d.builder().blas(null));
    }

    @Test
    void badSettingsAreRefusedByName() {
        refused("strideHeight: 0 ", () -> Conv2d.builder().stride(0, 1).build());
        refused("strideWidth: -1 ", () -> Conv2d.builder().stride(1, -1).build());
        refused("dilationHeight: 0 ", () -> Conv2d.builder().dilation(0, 1).build());
        refused("dilationWidth: -3 ", () -> Conv2d.builder().dilation(1, -3).build());
        refused("groups: 0 ", () -> Conv2d.builder().groups(0).build());
    }

    @Test
    void wrongRanksAreRefused() {
        Tensor flat = x.reshape(2, 280);
        Tensor deep = x.unsqueeze(0);
        for (Tensor wrong : new Tensor[] {flat, deep, b}) {
            refused("x: shape ", () -> conv.forward(wrong, w, b, y));
            refused("weight: shape ", () -> conv.forward(x, wrong, b, y));
            refused("y: shape ", () -> conv.forward(x, w, b, wrong));
            refused("weight: shape ", () -> conv.backwardInput(wrong, gy, gx));
            refused("gy: shape ", () -> conv.backwardInput(w, wrong, gx));
            refused("gx: shape ", () -> conv.backwardInput(w, gy, wrong));
            refused("x: shape ", () -> conv.backwardWeight(wrong, gy, gw));
            refused("gy: shape ", () -> conv.backwardWeight(x, wrong, gw));
            refused("gw: shape ", () -> conv.backwardWeight(x, gy, wrong));
            refused("gy: shape ", () -> conv.backwardBias(wrong, gb));
        }
        refused("bias: shape ", () -> conv.forward(x, w, b.reshape(1, 6), y));
        refused("gb: shape ", () -> conv.backwardBias(gy, gb.reshape(6, 1)));
        refused("inputShape: shape ", () -> conv.backwardInput(w, gy, new long[] {2, 4, 7}, arena));
        refused(
                "weightShape: shape ",
                () -> conv.backwardWeight(x, gy, new long[] {6, 4, 3, 2, 1}, arena));
    }

    @Test
    void shapesThatDoNotFitEachOtherAreRefused() {
        refused("weight: shape [6, 3, 3, 2]", () -> conv.forward(x, w.slice(1, 0, 3), b, y));
        refused("weight: shape [6, 4, 3, 2]", () -> conv.forward(x.slice(1, 0, 2), w, b, y));
        refused("bias: shape [5]", () -> conv.forward(x, w, b.slice(0, 0, 5), y));
        refused("y: shape [2, 6, 5, 8]", () -> conv.forward(x, w, b, y.slice(3, 0, 8)));
        refused("y: shape [1, 6, 5, 9]", () -> conv.forward(x, w, b, y.slice(0, 0, 1)));
        refused("y: shape [2, 6, 9, 5]", () -> conv.forward(x, w, b, y.transpose(2, 3)));
        refused("gy: shape [2, 5, 5, 9]", () -> conv.backwardInput(w, gy.slice(1, 0, 5), gx));
        refused("gy: shape [2, 6, 5, 9]", () -> conv.backwardInput(w, gy, gx.slice(2, 0, 6)));
        refused("gy: shape [2, 6, 5, 9]", () -> conv.backwardWeight(x, gy, gw.slice(2, 0, 2)));
        refused("gy: shape [1, 6, 5, 9]", () -> conv.backwardWeight(x, gy.slice(0, 0, 1), gw));
        refused("gb: shape [5]", () -> conv.backwardBias(gy, gb.slice(0, 0, 5)));
        refused(
                "gy: shape [2, 6, 5, 9]",
                () -> conv.backwardInput(w, gy, new long[] {2, 4, 8, 10}, arena));
        refused(
                "gy: shape [2, 6, 5, 9]",
                () -> conv.backwardWeight(x, gy, new long[] {6, 4, 3, 3}, arena));
    }

    @Test
    void impossibleWindowsAndGroupsAreRefused() {
        refused("kernelHeight: 3 taps", () -> conv.forward(x.slice(2, 0, 2), w, b, y));
        refused(
                "kernelWidth: 2 taps",
                () -> Conv2d.builder().dilation(1, 10).build().forward(x, w, b, y));
        refused("groups: 3 ", () -> Conv2d.builder().groups(3).build().forward(x, w, b, y));
        refused("groups: 4 ", () -> Conv2d.builder().groups(4).build().forward(x, w, b, y));
        refused("weight: shape ", () -> Conv2d.builder().groups(2).build().forward(x, w, b, y));
        refused(
                "inputHeight: 0 ",
                () -> conv.backwardInput(w, gy, new long[] {2, 4, 0, 10}, arena));
        refused(
                "inChannels: -4 ",
                () -> conv.backwardInput(w, gy, new long[] {2, -4, 7, 10}, arena));
        refused(
                "kernelHeight: 0 ",
                () -> conv.backwardWeight(x, gy, new long[] {6, 4, 0, 2}, arena));
    }

    @Test
    void sizesWhoseProductOverflowsAreRefused() {
        long huge = 1L << 62;
        refused("input: ", () -> conv.backwardInput(w, gy, new long[] {huge, 4, 7, 10}, arena));
        refused("input: ", () -> conv.backwardInput(w, gy, new long[] {2, 4, huge, huge}, arena));
        refused("weight: ", () -> conv.backwardWeight(x, gy, new long[] {huge, 4, 3, 2}, arena));
        Conv2d padded = Conv2d.builder().padding(Padding.of(huge, 0, huge, 0)).build();
        refused("inputHeight, ", () -> padded.forward(x, w, b, y));
        Conv2d wide = Conv2d.builder().padding(Padding.of(1L << 31, 1L << 31)).build();
        refused("output: ", () -> wide.forward(x, w, b, arena));
        Conv2d dilated = Conv2d.builder().dilation(Long.MAX_VALUE, 1).build();
        refused("inputHeight, ", () -> dilated.forward(x, w, b, y));
    }

    @Test
    void pointwiseRefusesWhatItCannotCompute() {
        Conv2d pointwise = Conv2d.builder().algorithm(Algorithm.POINTWISE).build();
        refused("algorithm: POINTWISE (expected: ", () -> pointwise.forward(x, w, b, y));
        refused("algorithm: POINTWISE (expected: ", () -> pointwise.forward(x, w, b, arena));
        refused("algorithm: POINTWISE (expected: ", () -> pointwise.backwardInput(w, gy, gx));
        refused("algorithm: POINTWISE (expected: ", () -> pointwise.backwardWeight(x, gy, gw));
    }

    @Test
    void whatIsRefusedTakesNoMemory() {
        Arena none =
                new Arena() {
                    @Override
                    public MemorySegment allocate(long bytes, long alignment) {
                        throw new AssertionError("allocated " + bytes + " bytes");
                    }

                    @Override
                    public MemorySegment.Scope scope() {
                        return arena.scope();
                    }

                    @Override
                    public void close() {}
                };
        Conv2d pointwise = Conv2d.builder().algorithm(Algorithm.POINTWISE).build();
        String start = "algorithm: POINTWISE (expected: ";
        refused(start, () -> pointwise.forward(x, w, b, none));
        refused(start, () -> pointwise.backwardInput(w, gy, x.shape(), none));
        refused(start, () -> pointwise.backwardWeight(x, gy, w.shape(), none));
        refused("weight: ", () -> Conv2d.builder().groups(2).build().forward(x, w, b, none));
    }

    @Test
    void depthwiseRefusesWhatItCannotCompute() {
        Conv2d depthwise = Conv2d.builder().algorithm(Algorithm.DEPTHWISE).build();
        refused("algorithm: DEPTHWISE (expected: ", () -> depthwise.forward(x, w, b, y));
        refused("algorithm: DEPTHWISE (expected: ", () -> depthwise.backwardInput(w, gy, gx));
        refused("algorithm: DEPTHWISE (expected: ", () -> depthwise.backwardWeight(x, gy, gw));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEPTHWISE") // cannot compute these shapes
    void outputsThatShareMemoryAreRefused(Algorithm algorithm) {
        boolean pointwise = algorithm == Algorithm.POINTWISE;
        assumeThat(algorithm).as("a 3×2 window").isNotEqualTo(Algorithm.WINOGRAD);
        Conv2d any = Conv2d.builder().algorithm(algorithm).build();
        long height = pointwise ? 7 : 5;
        long width = pointwise ? 10 : 9;
        Tensor filters = pointwise ? w.slice(2, 0, 1).slice(3, 0, 1) : w;
        Tensor output = filled(2, 6, height, width);
        long[] outputs = output.shape();

        Tensor large = filled(3000);
        Tensor input = large.asStrided(x.shape(), x.strides(), 0);
        Tensor overInput = large.asStrided(outputs, output.strides(), 500);
        refused("y: shares memory with x ", () -> any.forward(input, filters, b, overInput));
        refused("gx: shares memory with gy ", () -> any.backwardInput(filters, overInput, input));
        Tensor weights = large.asStrided(filters.shape(), filters.strides(), 100);
        Tensor overWeights = large.asStrided(outputs, output.strides(), 0);
        refused("y: shares memory with weight ", () -> any.forward(x, weights, b, overWeights));
        refused("gx: shares memory with weight ", () -> any.backwardInput(weights, output, input));
        refused("gw: shares memory with x ", () -> any.backwardWeight(input, output, weights));
        refused("gw: shares memory with gy ", () -> any.backwardWeight(x, overWeights, weights));
        Tensor bias = large.asStrided(new long[] {6}, new long[] {1}, 3);
        refused("y: shares memory with bias ", () -> any.forward(x, filters, bias, overWeights));
        refused("gb: shares memory with gy ", () -> any.backwardBias(overWeights, bias));

        refused(
                "y: shape ",
                () -> any.forward(x, filters, b, output.slice(0, 0, 1).expand(outputs)));
        refused(
                "gx: shape ",
                () -> any.backwardInput(filters, output, gx.slice(1, 0, 1).expand(x.shape())));
        refused(
                "gw: shape ",
                () ->
                        any.backwardWeight(
                                x, output, filters.slice(0, 0, 1).expand(filters.shape())));
        refused("gb: shape ", () -> any.backwardBias(gy, gb.slice(0, 0, 1).expand(6)));
        assertUntouched(large);
        assertUntouched(output);
    }

    @Test
    void mappedFilesAreReadAndNeverWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tensor.raw");
        byte[] zeros = new byte[560 * Float.BYTES];
        Files.write(file, zeros);
        Tensor mapped = Tensor.map(file, 0, arena, 2, 4, 7, 10);
        Tensor output = Tensor.map(file, 0, arena, 2, 6, 5, 9);
        Tensor weights = Tensor.map(file, 0, arena, 6, 4, 3, 2);
        Tensor bias = Tensor.map(file, 0, arena, 6);
        refused("y: read-only ", () -> conv.forward(x, w, b, output));
        refused("gx: read-only ", () -> conv.backwardInput(w, gy, mapped));
        refused("gw: read-only ", () -> conv.backwardWeight(x, gy, weights));
        refused("gb: read-only ", () -> conv.backwardBias(gy, bias));
        assertThat(Files.readAllBytes(file)).isEqualTo(zeros);

        Tensor result = conv.forward(mapped, weights, bias, arena);
        assertThat(result.toArray()).containsOnly(0);
    }

    @Test
    void closedArenasAreRefusedByName() {
        Tensor[] gone = new Tensor[4];
        try (Arena closed = Arena.ofShared()) {
            gone[0] = Tensor.zeros(closed, x.shape());
            gone[1] = Tensor.zeros(closed, w.shape());
            gone[2] = Tensor.zeros(closed, 6);
            gone[3] = Tensor.zeros(closed, y.shape());
        }
        closed("x", () -> conv.forward(gone[0], w, b, y));
        closed("weight", () -> conv.forward(x, gone[1], b, y));
        closed("bias", () -> conv.forward(x, w, gone[2], y));
        closed("y", () -> conv.forward(x, w, b, gone[3]));
        closed("weight", () -> conv.backwardInput(gone[1], gy, gx));
        closed("gy", () -> conv.backwardInput(w, gone[3], gx));
        closed("gx", () -> conv.backwardInput(w, gy, gone[0]));
        closed("x", () -> conv.backwardWeight(gone[0], gy, gw));
        closed("gy", () -> conv.backwardWeight(x, gone[3], gw));
        closed("gw", () -> conv.backwardWeight(x, gy, gone[1]));
        closed("gy", () -> conv.backwardBias(gone[3], gb));
        closed("gb", () -> conv.backwardBias(gy, gone[2]));
        Arena shut;
        try (Arena opened = Arena.ofShared()) {
            shut = opened;
        }
        assertThatThrownBy(() -> conv.forward(x, w, b, shut))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void closed(String name, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(name + ": ");
    }

    @Test
    void arenasOfOtherThreadsAreRefusedByName() throws InterruptedException {
        try (Arena confined = Arena.ofConfined()) {
            Tensor input = Tensor.zeros(confined, x.shape());
            Tensor weights = Tensor.zeros(confined, w.shape());
            Tensor bias = Tensor.zeros(confined, 6);
            Tensor output = Tensor.zeros(confined, y.shape());
            foreign("x", () -> conv.forward(input, w, b, y));
            foreign("weight", () -> conv.forward(x, weights, b, y));
            foreign("bias", () -> conv.forward(x, w, bias, y));
            foreign("y", () -> conv.forward(x, w, b, output));
            foreign("gy", () -> conv.backwardInput(w, output, gx));
            foreign("gx", () -> conv.backwardInput(w, gy, input));
            foreign("gw", () -> conv.backwardWeight(x, gy, weights));
            foreign("gb", () -> conv.backwardBias(gy, bias));
            assertThat(output.toArray()).containsOnly(0);
            assertThat(input.toArray()).containsOnly(0);
            assertThat(weights.toArray()).containsOnly(0);
            assertThat(bias.toArray()).containsOnly(0);
        }
    }

    private static void foreign(String name, Runnable call) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        call.run();
                    } catch (Throwable t) {
                        thrown.set(t);
                    }
                })
                .join();
        assertThat(thrown.get())
                .isInstanceOf(WrongThreadException.class)
                .hasMessageStartingWith(name + ": ");
    }

    @Test
    void aCallThatWasRefusedDoesNotSpoilTheNext() {
        Conv2d plain = Conv2d.builder().blas(Blas.plain()).build();
        refused("y: shape ", () -> plain.forward(x, w, b, gx));
        try (Arena own = Arena.ofConfined()) {
            Tensor result = plain.forward(x, w, b, own);
            refused("y: shape ", () -> plain.forward(x, w, b, gx));
            refused("weight: shape ", () -> plain.forward(x, w.slice(1, 0, 3), b, y));
            assertThat(plain.forward(x, w, b, own).toArray()).isEqualTo(result.toArray());
        }
    }
}
