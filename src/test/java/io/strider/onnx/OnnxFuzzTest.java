package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a file, a model or an {@link OnnxFormatException} comes out of it. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // none hangs
class OnnxFuzzTest {
    private static final long SEED = 20_261_123;
    private static final int MUTATIONS = 7_000;

    /**
     * Bytes on the heap for one byte of the file: a message takes two of them at least, for which
     * 512 are charged; as many again for what is dropped on the way.
     */
    private static final long HEAP_PER_BYTE = 2 * 512 / 2;

    /** Buffers, the objects of an empty model, an exception with its stack trace. */
    private static final long HEAP_AT_LEAST = 64 << 10;

    /** Bytes off the heap for one byte of the file: itself, and a decoded number of 64 bits. */
    private static final long DATA_PER_BYTE = 1 + 8;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** An arena that counts. */
    private static final class Gauge implements Arena {
        private final Arena arena = Arena.ofConfined();
        long bytes;

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            bytes += byteSize;
            return arena.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static byte[] convolutions() {
        OnnxBuilder builder = new OnnxBuilder().opset(17).metadata("image.size", "224");
        builder.input("x", "N", 2, 7, 10).output("y");
        for (int layer = 0; layer < 4; layer++) {
            String weights = "w" + layer;
            builder.initializer(weights, new float[16], 2, 2, 2, 2)
                    .node(
                            "conv" + layer,
                            "Conv",
                            List.of(layer == 0 ? "x" : "v" + (layer - 1), weights),
                            List.of(layer == 3 ? "y" : "v" + layer),
                            OnnxBuilder.ints("pads", 1, 1, 0, 0),
                            OnnxBuilder.ints("kernel_shape", 2, 2),
                            OnnxBuilder.integer("group", 1),
                            OnnxBuilder.text("auto_pad", "NOTSET"))
                    .valueInfo("v" + layer, 1, "N", 2, 7, 10);
        }
        return builder.toBytes();
    }

    private static byte[] lists() {
        OnnxBuilder builder = new OnnxBuilder(4).opset(9).opset("com.example", 1);
        int[] codes = {2, 3, 4, 5, 6, 9, 10, 16};
        for (int code : codes) {
            builder.initializer(
                    OnnxBuilder.tensorHead("i" + code, code, 4).packedIntegers(5, 0, 1, 1, 0));
        }
        return builder.initializer(
                        OnnxBuilder.tensorHead("f", 1, 2, 3).packedFloats(4, 1, 2, 3, 4, 5, 6))
                .initializer(OnnxBuilder.tensorHead("g", 1, 2).float32(4, 1).float32(4, 2))
                .initializer(OnnxBuilder.tensorHead("d", 11, 2).packedDoubles(10, 1, 2))
                .initializer(OnnxBuilder.tensorHead("l", 7, 3).packedIntegers(7, -1, 0, 1L << 60))
                .initializer(OnnxBuilder.tensorHead("m", 7, 2).integer(7, 5).integer(7, 300))
                .initializer(OnnxBuilder.tensorHead("u", 12, 2).packedIntegers(11, 7, 1L << 31))
                .initializer(OnnxBuilder.tensorHead("c", 14, 1).packedFloats(4, 1, 2))
                .node("Concat", List.of("f", "g"), List.of("y"), OnnxBuilder.integer("axis", 0))
                .output("y")
                .toBytes();
    }

    private static byte[] branches() {
        OnnxBuilder inner = new OnnxBuilder().node("Abs", List.of("x"), List.of("y")).output("y");
        for (int depth = 0; depth < 5; depth++) {
            inner =
                    new OnnxBuilder()
                            .typedInput("c" + depth, 9)
                            .node(
                                    "If",
                                    List.of("c" + depth),
                                    List.of("y"),
                                    OnnxBuilder.graph("then_branch", inner),
                                    OnnxBuilder.graph("else_branch", new OnnxBuilder()))
                            .node(
                                    "Constant",
                                    List.of(),
                                    List.of("k"),
                                    OnnxBuilder.tensor(
                                            "value", OnnxBuilder.tensor("", new long[] {1}, 1)),
                                    OnnxBuilder.floats("scales", 1, 2),
                                    OnnxBuilder.texts("names", "a", "größer"))
                            .output("y");
        }
        inner.model().message(25, new OnnxMessage().text(1, "Fun").text(10, "own"));
        return inner.toBytes();
    }

    private static byte[] mutated(byte[] model, byte[] other, Random random) {
        byte[] bytes = model.clone();
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(5)) {
            case 0 -> {
                for (int flips = random.nextInt(8); flips >= 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield bytes;
            }
            case 1 -> Arrays.copyOf(bytes, at);
            case 2 -> {
                // A piece of another model, in place of a piece of this one.
                int from = random.nextInt(other.length);
                int length = random.nextInt(Math.min(64, other.length - from) + 1);
                int skipped = random.nextInt(Math.min(64, bytes.length - at) + 1);
                yield joined(
                        Arrays.copyOf(bytes, at),
                        Arrays.copyOfRange(other, from, from + length),
                        Arrays.copyOfRange(bytes, at + skipped, bytes.length));
            }
            case 3 -> {
                // A varint of up to ten bytes where a length may have been.
                byte[] huge = new byte[1 + random.nextInt(10)];
                Arrays.fill(huge, (byte) 0xff);
                huge[huge.length - 1] = (byte) random.nextInt(128);
                yield joined(
                        Arrays.copyOf(bytes, at),
                        huge,
                        Arrays.copyOfRange(bytes, at + 1, bytes.length));
            }
            default -> {
                // Small steps keep the message around it nearly right.
                bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
                yield bytes;
            }
        };
    }

    private static byte[] joined(byte[] head, byte[] middle, byte[] tail) {
        byte[] bytes = Arrays.copyOf(head, head.length + middle.length + tail.length);
        System.arraycopy(middle, 0, bytes, head.length, middle.length);
        System.arraycopy(tail, 0, bytes, head.length + middle.length, tail.length);
        return bytes;
    }

    private static @Nullable OnnxModel read(byte[] bytes, Arena arena) {
        try {
            InputStream input = new ByteArrayInputStream(bytes);
            return OnnxReader.read(input, "fuzz", arena, OnnxLimits.standard());
        } catch (OnnxFormatException refused) {
            if (!refused.getMessage().startsWith("fuzz: ")) {
                throw new AssertionError("a message without the file", refused);
            }
            return null;
        } catch (IOException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** Whether it could be read. */
    private static boolean readBounded(byte[] bytes, String what) {
        try (Gauge gauge = new Gauge()) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            OnnxModel model = read(bytes, gauge);
            long heap = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(heap)
                    .as("heap bytes, %s", what)
                    .isLessThan(HEAP_AT_LEAST + HEAP_PER_BYTE * bytes.length);
            assertThat(gauge.bytes)
                    .as("off-heap bytes, %s", what)
                    .isLessThanOrEqualTo(DATA_PER_BYTE * bytes.length);
            if (model != null) {
                use(model.graph());
            }
            return model != null;
        } catch (RuntimeException | Error unexpected) {
            String shown = bytes.length < 10_000 ? HexFormat.of().formatHex(bytes) : "";
            throw new AssertionError(what + ": " + shown, unexpected);
        }
    }

    /** Takes everything out of a model that an importer would. */
    private static void use(OnnxGraph graph) {
        for (Map.Entry<String, OnnxTensor> initializer : graph.initializers().entrySet()) {
            assertThat(initializer.getKey()).isNotEmpty();
            useTensor(initializer.getValue());
        }
        for (OnnxNode node : graph.nodes()) {
            assertThat(node.describe()).isNotEmpty();
            for (OnnxAttribute attribute : node.attributes().values()) {
                if (attribute.value() instanceof OnnxAttribute.Value.OfGraph(OnnxGraph inner)) {
                    use(inner);
                } else {
                    try {
                        assertThat(attribute.plain()).isNotNull();
                    } catch (OnnxFormatException refused) {
                        assertThat(refused).hasMessageContaining("cannot be computed with");
                    }
                }
            }
        }
    }

    private static void useTensor(OnnxTensor tensor) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat((long) tensor.toArray().count()).isEqualTo(tensor.count());
            assertThat(tensor.toTensor(arena).elementCount()).isEqualTo(tensor.count());
        } catch (OnnxFormatException refused) {
            assertThat(refused).hasMessageStartingWith("tensor ");
        }
    }

    @Test
    void mutatedModelsAreReadOrRefusedWithinBounds() {
        List<byte[]> models = List.of(convolutions(), lists(), branches());
        // Classes that are loaded and lambdas that are linked on the way are nobody's input.
        for (int mutation = 0; mutation < 500; mutation++) {
            byte[] model = models.get(mutation % models.size());
            read(mutated(model, model, new Random(mutation)), new Gauge());
        }
        int read = 0;
        int refused = 0;
        for (int index = 0; index < models.size(); index++) {
            assertThat(readBounded(models.get(index), "model " + index)).isTrue();
            for (int mutation = 0; mutation < MUTATIONS; mutation++) {
                Random random = new Random(SEED + 1_000_003L * index + mutation);
                byte[] other = models.get(random.nextInt(models.size()));
                byte[] bytes = mutated(models.get(index), other, random);
                String what = "seed %d, model %d, mutation %d".formatted(SEED, index, mutation);
                if (readBounded(bytes, what)) {
                    read++;
                } else {
                    refused++;
                }
            }
        }
        // Otherwise the mutations would be too coarse or too fine to show anything.
        assertThat(read).isGreaterThan(MUTATIONS / 10);
        assertThat(refused).isGreaterThan(MUTATIONS);
    }

    @Test
    void mutatedModelsWithExternalDataAreReadOrRefused(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[4096]);
        OnnxBuilder builder = new OnnxBuilder();
        for (int part = 0; part < 3; part++) {
            OnnxMessage tensor = OnnxBuilder.tensorHead("w" + part, 1, 2, 3).integer(14, 1);
            builder.initializer(
                    tensor.message(13, new OnnxMessage().text(1, "location").text(2, "w.bin"))
                            .message(
                                    13,
                                    new OnnxMessage()
                                            .text(1, "offset")
                                            .text(2, Integer.toString(part * 1024))));
        }
        byte[] model = builder.toBytes();
        Path path = folder.resolve("model.onnx");
        int read = 0;
        for (int mutation = 0; mutation < 500; mutation++) {
            byte[] bytes = mutated(model, model, new Random(SEED + mutation));
            Files.write(path, bytes);
            try (Gauge gauge = new Gauge()) {
                try {
                    use(OnnxReader.read(path, gauge).graph());
                    read++;
                } catch (OnnxFormatException refused) {
                    assertThat(refused).hasMessageStartingWith(path + ": ");
                }
                assertThat(gauge.bytes)
                        .as("seed %d, mutation %d", SEED, mutation)
                        .isLessThanOrEqualTo(4096 + DATA_PER_BYTE * bytes.length);
            } catch (RuntimeException | Error unexpected) {
                throw new AssertionError(
                        "seed %d, mutation %d: %s"
                                .formatted(SEED, mutation, HexFormat.of().formatHex(bytes)),
                        unexpected);
            }
        }
        assertThat(read).isGreaterThan(10);
    }

    /** A real model, where it is packaged. */
    @Test
    void aMutatedRealModelIsReadOrRefused() throws IOException {
        byte[] model;
        try (InputStream input =
                OnnxReader.class.getResourceAsStream(
                        "/io/strider/embedding/face_recognition.onnx")) {
            Assumptions.assumeTrue(input != null, "the model is not packaged");
            model = input.readAllBytes();
        }
        assertThat(readBounded(model, "face_recognition")).isTrue();
        for (int mutation = 0; mutation < 20; mutation++) {
            byte[] bytes = mutated(model, model, new Random(SEED + mutation));
            readBounded(bytes, "seed %d, face_recognition, mutation %d".formatted(SEED, mutation));
        }
    }
}
