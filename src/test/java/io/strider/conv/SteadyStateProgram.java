package io.strider.conv;

import com.sun.management.ThreadMXBean;
import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs 100,000 convolutions of mixed kinds and prints what they cost in memory, for {@link
 * SteadyStateTest}: {@code name value} lines.
 */
final class SteadyStateProgram {
    private static final int CALLS = 100_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SteadyStateProgram() {}

    /** One layer with operands and outputs. */
    private record Layer(
            String name,
            Conv2d conv,
            Tensor x,
            Tensor w,
            Tensor b,
            Tensor gy,
            Operands.Results out) {

        static Layer of(Arena arena, Algorithm algorithm, MemoryFormat format, Conv2dGeometry g) {
            Operands operands = Operands.normals(g, 1);
            Tensor x = operands.x(arena, format);
            Tensor w = operands.w(arena, format);
            Tensor gy = operands.gy(arena, format);
            Conv2d conv = RandomGeometry.convolution(g, algorithm, Blas.openBlas());
            return new Layer(
                    algorithm + "-" + format + "-" + (g.groups() > 1 ? "grouped" : "dense"),
                    conv,
                    x,
                    w,
                    operands.b(arena),
                    gy,
                    operands.run(conv, arena, format, format));
        }

        void run(int which) {
            switch (which) {
                case 0 -> conv.forward(x, w, b, out.y());
                case 1 -> conv.backwardInput(w, gy, out.gx());
                case 2 -> conv.backwardWeight(x, gy, out.gw());
                default -> conv.backwardBias(gy, out.gb());
            }
        }
    }

    private static final List<String> PASSES =
            List.of("forward", "backwardInput", "backwardWeight", "backwardBias");

    public static void main(String[] arguments) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            List<Layer> layers = new ArrayList<>();
            Conv2dGeometry dense =
                    Conv2dGeometry.builder()
                            .input(1, 8, 9, 10)
                            .kernel(8, 3, 3)
                            .padding(Padding.of(1, 1))
                            .build();
            Conv2dGeometry grouped =
                    Conv2dGeometry.builder().input(2, 6, 7, 8).kernel(6, 3, 2).groups(3).build();
            Conv2dGeometry pointwise =
                    Conv2dGeometry.builder().input(2, 8, 7, 10).kernel(12, 1, 1).build();
            Conv2dGeometry depthwise =
                    Conv2dGeometry.builder()
                            .input(2, 20, 9, 10)
                            .kernel(20, 3, 3)
                            .stride(2, 1)
                            .padding(Padding.of(1, 1))
                            .groups(20)
                            .build();
            for (MemoryFormat format : MemoryFormat.values()) {
                layers.add(Layer.of(arena, Algorithm.DEPTHWISE, format, depthwise));
                layers.add(Layer.of(arena, Algorithm.IM2COL, format, dense));
                layers.add(Layer.of(arena, Algorithm.IM2COL, format, grouped));
                layers.add(Layer.of(arena, Algorithm.POINTWISE, format, pointwise));
                layers.add(Layer.of(arena, Algorithm.AUTO, format, dense));
            }
            layers.add(
                    Layer.of(
                            arena,
                            Algorithm.DIRECT,
                            MemoryFormat.CHANNELS_FIRST,
                            Conv2dGeometry.builder().input(1, 2, 5, 5).kernel(7, 3, 3).build()));

            run(layers, CALLS / 2); // the compilers have their say
            System.gc();
            long before = residentKilobytes();
            long idle = ScratchPool.shared().idleBytes();
            run(layers, CALLS);
            System.gc();
            print("residentGrowthKilobytes", residentKilobytes() - before);
            print("idleBytesBefore", idle);
            print("idleBytesAfter", ScratchPool.shared().idleBytes());
            for (Layer layer : layers) {
                for (int pass = 0; pass < PASSES.size(); pass++) {
                    print(
                            "heap-" + layer.name + "-" + PASSES.get(pass),
                            heapBytesPerCall(layer, pass));
                }
            }
        }
    }

    private static void run(List<Layer> layers, int calls) {
        for (int call = 0; call < calls; call++) {
            Layer layer = layers.get(call % layers.size());
            layer.run(call / layers.size() % PASSES.size());
        }
    }

    /**
     * The least of several rounds: what a method allocates before its last compiler has had its say
     * is not its steady state, and when that happens differs from run to run.
     */
    private static long heapBytesPerCall(Layer layer, int pass) {
        int calls = 2_000;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10 && least > 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < calls; call++) {
                layer.run(pass);
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / calls);
        }
        return least;
    }

    private static long residentKilobytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status: no VmRSS");
    }

    private static void print(String name, long value) {
        System.out.println(name + " " + value);
    }
}
