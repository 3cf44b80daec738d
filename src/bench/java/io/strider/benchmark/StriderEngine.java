package io.strider.benchmark;

import io.strider.blas.Workers;
import io.strider.conv.Activation;
import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Padding;
import io.strider.conv.PreparedConv2d;
import io.strider.openblas.OpenBlasLibrary;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Strider. {@code nhwc}: inputs and outputs channels-last, its own layout; {@code nchw}: the same
 * tensors in NCHW and OIHW, what it converts is timed.
 */
final class StriderEngine implements Engine {
    private final OpenBlasLibrary library = OpenBlasLibrary.load();

    /** OpenBLAS's name of the kernels it uses. */
    static String coreName() {
        return OpenBlasLibrary.load().coreName();
    }

    @Override
    public String name() {
        return "strider";
    }

    @Override
    public String description() {
        return "Strider on OpenBLAS %s, %s kernels, %s"
                .formatted(library.version(), library.coreName(), library.path());
    }

    @Override
    public List<String> layouts(Workload workload) {
        return List.of("nhwc", "nchw");
    }

    @Override
    public Prepared prepare(Workload workload, String layout, Operands operands) {
        return new Convolution(workload, layout, operands);
    }

    @Override
    public void close() {
        // The library lives as long as the process.
    }

    /** Runs {@code workload} by IM2COL on tensors of any layout; slow and trusted. */
    static void plain(Workload workload, Tensor x, Tensor w, Tensor gy, Tensor result) {
        run(conv(workload.shape(), Algorithm.IM2COL), workload.pass(), x, w, gy, result);
    }

    private static Conv2d conv(Shape shape, Algorithm algorithm) {
        return Conv2d.builder()
                .stride(shape.stride(), shape.stride())
                .padding(Padding.of(shape.padding(), shape.padding()))
                .groups(shape.groups())
                .algorithm(algorithm)
                .build();
    }

    private static void run(Conv2d conv, Pass pass, Tensor x, Tensor w, Tensor gy, Tensor result) {
        switch (pass) {
            case FORWARD -> conv.forward(x, w, null, result);
            case DATA -> conv.backwardInput(w, gy, result);
            case WEIGHTS -> conv.backwardWeight(x, gy, result);
            default -> throw new AssertionError(pass);
        }
    }

    private static final class Convolution implements Prepared {
        private final Arena arena = Arena.ofShared();
        private final Conv2d conv;
        private final @Nullable PreparedConv2d prepared;
        private final @Nullable Workers workers;
        private final Workload workload;
        private final Operands operands;
        private final Tensor x;
        private final Tensor w;
        private final Tensor gy;
        private final Tensor result;

        Convolution(Workload workload, String layout, Operands operands) {
            this.workload = workload;
            this.operands = operands;
            conv = conv(workload.shape(), Algorithm.AUTO);
            boolean last = layout.equals("nhwc");
            x = inLayout(operands.input(), last);
            w = inLayout(operands.weight(), last);
            gy = inLayout(operands.output(), last);
            result =
                    switch (workload.pass()) {
                        case FORWARD -> gy;
                        case DATA -> x;
                        case WEIGHTS -> w;
                    };
            prepared = prepare();
            workers = workload.threads() == 1 ? null : Workers.of(workload.threads());
        }

        private @Nullable PreparedConv2d prepare() {
            long[] inputShape = workload.shape().geometry(workload.batch()).inputShape();
            return switch (workload.pass()) {
                case FORWARD -> conv.prepare(inputShape, w, null, Activation.NONE, arena);
                case DATA -> conv.prepareInputGradient(inputShape, w, arena);
                case WEIGHTS -> null;
            };
        }

        /** A copy in memory that the workers' threads may use. */
        private Tensor inLayout(Tensor tensor, boolean last) {
            return tensor.contiguous(
                    arena, last ? MemoryFormat.CHANNELS_LAST : MemoryFormat.CHANNELS_FIRST);
        }

        @Override
        public void run() {
            if (prepared == null && workers == null) {
                conv.backwardWeight(x, gy, result);
            } else if (prepared == null) {
                conv.backwardWeight(workers, x, gy, result);
            } else if (workers == null) {
                prepared.run(input(), result);
            } else {
                prepared.run(workers, input(), result);
            }
        }

        private Tensor input() {
            return workload.pass() == Pass.FORWARD ? x : gy;
        }

        @Override
        public void read() {
            operands.result().copyFrom(result);
        }

        @Override
        public String algorithm() {
            return (prepared == null
                            ? conv.algorithm(workload.shape().geometry(workload.batch()))
                            : prepared.algorithm())
                    .name();
        }

        @Override
        public void close() {
            if (workers != null) {
                workers.close();
            }
            arena.close();
        }
    }
}
