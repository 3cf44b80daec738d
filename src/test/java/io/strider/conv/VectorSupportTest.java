package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.VectorSupport;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same convolutions in JVMs with the Vector API, without its module, and turned off. */
class VectorSupportTest {
    private static final String ADVICE = "--add-modules jdk.incubator.vector";

    /** Prints whether vectors are used and all outputs of a layer of every algorithm. */
    static final class Program {
        public static void main(String[] arguments) {
            System.out.println("vectors " + VectorSupport.isEnabled());
            for (Conv2dGeometry geometry : layers()) {
                Operands operands = Operands.normals(geometry, 5);
                try (Arena arena = Arena.ofConfined()) {
                    Conv2d conv =
                            Conv2d.builder()
                                    .stride(geometry.strideHeight(), geometry.strideWidth())
                                    .padding(geometry.padding())
                                    .groups(geometry.groups())
                                    .build();
                    Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
                    Tensor w = operands.w(arena, MemoryFormat.CHANNELS_LAST);
                    Tensor gy = operands.gy(arena, MemoryFormat.CHANNELS_LAST);
                    Tensor y = operands.gy(arena, MemoryFormat.CHANNELS_LAST);
                    Tensor gx = operands.x(arena, MemoryFormat.CHANNELS_LAST);
                    PreparedConv2d prepared =
                            conv.prepare(
                                    geometry.inputShape(),
                                    w,
                                    operands.b(arena),
                                    Activation.NONE,
                                    arena);
                    prepared.run(x, y);
                    conv.prepareInputGradient(geometry.inputShape(), w, arena).run(gy, gx);
                    Tensor gw = conv.backwardWeight(x, gy, geometry.weightShape(), arena);
                    print(prepared.algorithm() + " y", y);
                    print(prepared.algorithm() + " gx", gx);
                    print(prepared.algorithm() + " gw", gw);
                }
            }
        }

        private static void print(String name, Tensor tensor) {
            System.out.println(name + "=" + Arrays.toString(tensor.toArray()));
        }
    }

    private static List<Conv2dGeometry> layers() {
        return List.of(
                layer(20, 9, 3, 1, 1),
                layer(20, 10, 1, 1, 1),
                layer(20, 11, 3, 2, 1),
                layer(20, 9, 5, 1, 20),
                layer(3, 12, 7, 2, 1));
    }

    private static Conv2dGeometry layer(
            long channels, long size, long kernel, long stride, long groups) {
        return Conv2dGeometry.builder()
                .input(2, channels, size, size + 3)
                .kernel(groups > 1 ? channels : 35, kernel, kernel)
                .stride(stride, stride)
                .padding(Padding.of(kernel / 2, kernel / 2))
                .groups(groups)
                .build();
    }

    @Test
    void theResultsAgreeWithinTheBound() throws IOException, InterruptedException {
        List<String> on = run("--add-modules", "jdk.incubator.vector");
        List<String> absent = run();
        List<String> off = run("--add-modules", "jdk.incubator.vector", "-Dstrider.vector=off");
        assertThat(on).contains("vectors true");
        assertThat(absent).contains("vectors false");
        assertThat(off).contains("vectors false");
        assertThat(on).noneMatch(line -> line.contains(ADVICE));
        assertThat(off).noneMatch(line -> line.contains(ADVICE));
        assertThat(absent).filteredOn(line -> line.contains(ADVICE)).hasSize(1);

        List<float[]> expected = values(on);
        assertThat(expected).hasSize(3 * layers().size());
        for (List<String> other : List.of(absent, off)) {
            List<float[]> actual = values(other);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).hasSameSizeAs(expected.get(i));
                for (int at = 0; at < expected.get(i).length; at++) {
                    // both are within 128·u·Σ|a||b|; the sums here have at most 441 terms near 1
                    assertThat(actual.get(i)[at])
                            .isCloseTo(
                                    expected.get(i)[at],
                                    org.assertj.core.data.Offset.offset(
                                            (float) (2 * 128 * 0x1p-24 * 441)));
                }
            }
        }
    }

    private static List<float[]> values(List<String> lines) {
        List<float[]> values = new ArrayList<>();
        for (String line : lines) {
            int start = line.indexOf("=[");
            if (start > 0 && line.endsWith("]")) {
                String[] words = line.substring(start + 2, line.length() - 1).split(", ");
                float[] parsed = new float[words.length];
                for (int i = 0; i < words.length; i++) {
                    parsed[i] = Float.parseFloat(words[i]);
                }
                values.add(parsed);
            }
        }
        return values;
    }

    private static List<String> run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines;
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            lines = reader.lines().toList();
        }
        assertThat(process.waitFor()).as("%s", lines).isZero();
        return lines;
    }
}
