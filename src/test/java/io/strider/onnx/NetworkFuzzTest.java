package io.strider.onnx;

import static io.strider.onnx.OnnxBuilder.integer;
import static io.strider.onnx.OnnxBuilder.ints;
import static io.strider.onnx.OnnxBuilder.number;
import static io.strider.onnx.OnnxBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.graph.GraphInput;
import io.strider.graph.Session;
import io.strider.graph.Value;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever is done to a model, it is refused when it is read, loaded, planned or run, or it runs:
 * nothing but the announced exceptions, within the memory that the session may take.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // none hangs
class NetworkFuzzTest {
    private static final long SEED = 4_112_026;
    private static final int MUTATIONS = 7_000;
    private static final long MEMORY = 16 << 20;

    private static byte[] pictures() {
        return new OnnxBuilder()
                .opset(17)
                .input("x", "N", 2, 7, 10)
                .initializer("w", new float[36], 2, 2, 3, 3)
                .initializer("b", new float[] {1, 2}, 2)
                .initializer("v", new float[] {1, 2}, 2)
                .initializer("g", new float[10], 2, 5)
                .initializer("low", new float[] {0})
                .initializer("high", new float[] {6})
                .node("Conv", List.of("x", "w", "b"), List.of("c"), ints("pads", 1, 1, 1, 1))
                .node(
                        "BatchNormalization",
                        List.of("c", "b", "b", "b", "v"),
                        List.of("n"),
                        number("epsilon", 1e-3f))
                .node("Clip", List.of("n", "low", "high"), List.of("r"))
                .node("Add", List.of("r", "x"), List.of("a"))
                .node(
                        "MaxPool",
                        List.of("a"),
                        List.of("m"),
                        ints("kernel_shape", 2, 3),
                        ints("strides", 2, 1),
                        integer("ceil_mode", 1))
                .node("Concat", List.of("m", "m"), List.of("k"), integer("axis", 1))
                .node("Split", List.of("k"), List.of("s", "t"), integer("axis", 1))
                .node("Mul", List.of("s", "t"), List.of("p"))
                .node("GlobalAveragePool", List.of("p"), List.of("q"))
                .node("Flatten", List.of("q"), List.of("f"))
                .node("Gemm", List.of("f", "g"), List.of("y"), number("alpha", 0.5f))
                .output("y")
                .toBytes();
    }

    private static byte[] shapes() {
        return new OnnxBuilder()
                .opset(13)
                .input("x", "N", 6)
                .typedInput("i", OnnxBuilder.INT64, 2)
                .initializer("zero", new long[] {0}, 1)
                .initializer("one", new long[] {1}, 1)
                .initializer("two", new long[] {2, 2}, 2)
                .initializer("sizes", new long[] {2, 3}, 2)
                .initializer("pads", new long[] {0, 1, 0, 0, 1, 0}, 6)
                .node("Shape", List.of("x"), List.of("shape"))
                .node("Gather", List.of("shape", "zero"), List.of("n"))
                .node("Concat", List.of("n", "sizes"), List.of("to"), integer("axis", 0))
                .node("Reshape", List.of("x", "to"), List.of("r"))
                .node("Pad", List.of("r", "pads"), List.of("p"), text("mode", "constant"))
                .node("Slice", List.of("r", "zero", "one"), List.of("s"))
                .node("ConstantOfShape", List.of("two"), List.of("z"))
                .node("Expand", List.of("s", "to"), List.of("e"))
                .node("Tile", List.of("two", "one"), List.of("tile"))
                .node("Transpose", List.of("e"), List.of("t"), ints("perm", 2, 0, 1))
                .node("Gather", List.of("t", "i"), List.of("y"), integer("axis", 1))
                .output("y")
                .output("p")
                .output("z")
                .output("tile")
                .toBytes();
    }

    private static byte[] quantized() {
        return new OnnxBuilder()
                .opset(13)
                .input("x", "N", 4)
                .initializer("q", 3, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2)
                .initializer("scale", new float[] {0.5f, 2}, 2)
                .initializer("zero", 3, new byte[] {1, 2}, 2)
                .node(
                        "DequantizeLinear",
                        List.of("q", "scale", "zero"),
                        List.of("w"),
                        integer("axis", 1))
                .node("MatMul", List.of("x", "w"), List.of("m"))
                .node("Softmax", List.of("m"), List.of("s"), integer("axis", -1))
                .node("ReduceMean", List.of("s"), List.of("r"), ints("axes", 1))
                .node("ArgMax", List.of("s"), List.of("a"), integer("axis", 1))
                .node("Cast", List.of("a"), List.of("c"), integer("to", 1))
                .node("Add", List.of("r", "c"), List.of("y"))
                .output("y")
                .toBytes();
    }

    @Test
    void everyMutationIsRefusedOrRuns() {
        List<byte[]> models = List.of(pictures(), shapes(), quantized());
        int ran = 0;
        int refused = 0;
        for (byte[] model : models) {
            assertThat(runs(model)).as("the model as it is").isTrue();
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] mutated = mutated(model, new Random(SEED + i));
                try {
                    if (runs(mutated)) {
                        ran++;
                    } else {
                        refused++;
                    }
                } catch (Throwable failure) {
                    throw new AssertionError(
                            "mutation " + i + ": " + HexFormat.of().formatHex(mutated), failure);
                }
            }
        }
        assertThat(ran).isGreaterThan(1000);
        assertThat(refused).isGreaterThan(1000);
    }

    private static byte[] mutated(byte[] model, Random random) {
        byte[] mutated = model.clone();
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = (byte) random.nextInt(256);
                case 2 -> mutated[at] = (byte) random.nextInt(-3, 12);
                default ->
                        System.arraycopy(
                                model,
                                random.nextInt(model.length - 8),
                                mutated,
                                Math.min(at, mutated.length - 8),
                                8);
            }
        }
        return random.nextInt(10) == 0
                ? Arrays.copyOf(mutated, random.nextInt(mutated.length))
                : mutated;
    }

    /** Whether it runs; otherwise it was refused as announced. */
    private static boolean runs(byte[] model) {
        try (OnnxNetwork network = OnnxNetwork.load(model);
                Session session = Session.builder(network.graph()).memoryLimit(MEMORY).build();
                Arena arena = Arena.ofConfined()) {
            Map<String, Value> values = new HashMap<>();
            for (GraphInput input : session.inputs()) {
                long[] shape =
                        Arrays.stream(input.shape())
                                .map(size -> size == GraphInput.FREE ? 2 : size)
                                .toArray();
                long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
                if (count > 1 << 20) {
                    return false; // more than a caller would have
                }
                values.put(input.name(), value(input.type(), shape, (int) count, arena));
            }
            session.run(values, arena);
            return true;
        } catch (IOException | IllegalArgumentException | ArithmeticException refused) {
            return false;
        }
    }

    private static Value value(ElementType type, long[] shape, int count, Arena arena) {
        if (type == ElementType.FLOAT32) {
            Tensor tensor = Tensor.zeros(arena, shape);
            tensor.fill(0.5f);
            return new Value.Floats(tensor);
        }
        NdArray zeros = NdArray.ofLongs(ElementType.INT64, new long[count], shape);
        return new Value.Numbers(zeros.cast(type));
    }
}
