package io.strider.conv.benchmark;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.conv.Padding;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How much of a bare {@code cblas_sgemm} a convolution reaches: both compute the same product, the
 * one on operands that lie ready, the other from the picture. Batch 1, no bias, one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GemmShareBenchmark {
    /** kernel:channels:outputs:size of ResNet-50's layers. */
    @Param({
        "3:64:64:56",
        "3:128:128:28",
        "3:256:256:14",
        "1:64:256:56",
        "1:512:128:28",
        "1:1024:256:14"
    })
    public String layer = "";

    /** In which format x, the weights and y lie. */
    @Param({"CHANNELS_LAST", "CHANNELS_FIRST"})
    public MemoryFormat format = MemoryFormat.CHANNELS_LAST;

    private final Arena arena = Arena.ofShared();
    private final Blas blas = Blas.openBlas();
    private Conv2d conv = Conv2d.builder().build();
    private Conv2dGeometry geometry = geometry("1:1:1:1");
    private Tensor x = Tensor.zeros(arena);
    private Tensor weight = x;
    private Tensor y = x;
    private Tensor patches = x;

    static Conv2dGeometry geometry(String layer) {
        String[] sizes = layer.split(":", -1);
        long kernel = Long.parseLong(sizes[0]);
        long size = Long.parseLong(sizes[3]);
        return Conv2dGeometry.builder()
                .input(1, Long.parseLong(sizes[1]), size, size)
                .kernel(Long.parseLong(sizes[2]), kernel, kernel)
                .padding(Padding.of(kernel / 2, kernel / 2))
                .build();
    }

    static double gigaFlop(Conv2dGeometry geometry) {
        return 2e-9 * geometry.positions() * geometry.outChannels() * geometry.productsPerOutput();
    }

    @Setup
    public void allocate() {
        geometry = geometry(layer);
        Algorithm algorithm = geometry.isPointwise() ? Algorithm.POINTWISE : Algorithm.IM2COL;
        conv = Conv2d.builder().padding(geometry.padding()).algorithm(algorithm).build();
        SplittableRandom random = new SplittableRandom(1);
        x = random(random, geometry.inputShape());
        weight = random(random, geometry.weightShape());
        y = Tensor.zeros(arena, format, geometry.outputShape());
        patches = random(random, 1, geometry.positions(), 1, geometry.productsPerOutput());
    }

    private Tensor random(SplittableRandom random, long... shape) {
        Tensor tensor = Tensor.zeros(arena, format, shape);
        for (long i = 0; i < tensor.elementCount(); i++) {
            tensor.segment().setAtIndex(JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
        }
        return tensor;
    }

    @TearDown
    public void free() {
        arena.close();
    }

    /** The convolution. */
    @Benchmark
    public void convolution() {
        conv.forward(x, weight, null, y);
    }

    /** The product alone, rows and columns as the convolution in this format has them. */
    @Benchmark
    public void bareSgemm() {
        long positions = geometry.positions();
        long products = geometry.productsPerOutput();
        long outputs = geometry.outChannels();
        if (format == MemoryFormat.CHANNELS_LAST) {
            blas.sgemm(
                    Transpose.NO_TRANSPOSE,
                    Transpose.TRANSPOSE,
                    positions,
                    outputs,
                    products,
                    1,
                    patches.segment(),
                    0,
                    products,
                    weight.segment(),
                    0,
                    products,
                    0,
                    y.segment(),
                    0,
                    outputs);
        } else {
            blas.sgemm(
                    Transpose.NO_TRANSPOSE,
                    Transpose.NO_TRANSPOSE,
                    outputs,
                    positions,
                    products,
                    1,
                    weight.segment(),
                    0,
                    products,
                    patches.segment(),
                    0,
                    positions,
                    0,
                    y.segment(),
                    0,
                    positions);
        }
    }
}
