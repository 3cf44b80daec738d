package io.strider.graph.operator;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.conv.Activation;
import io.strider.conv.Conv2d;
import io.strider.conv.PreparedConv2d;
import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.TensorType;
import io.strider.ops.MatrixProduct;
import io.strider.ops.Operation;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products. Many rows by a constant matrix are a convolution of pictures of one pixel, whose
 * weights are packed once; others go to BLAS as they come.
 */
final class ProductKernels {
    /** The key of packed weights: they are the same whatever the number of rows. */
    private record Packed(String what) {}

    private ProductKernels() {}

    static @Nullable Kernel matMul(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        Inputs inputs = request.inputs();
        TensorType y = request.outputs().get(0);
        long products = products(inputs.type(0), y);
        long columns = inputs.type(1).rank() == 2 ? inputs.type(1).shape()[1] : 0;
        if (columns > 0
                && inputs.type(0).rank() != 4
                && y.elementCount() / columns > MatrixProduct.FEW_ROWS) {
            PreparedConv2d packed = packed(request, false, 1, null, 1);
            if (packed != null) {
                return new RowsKernel(packed, products);
            }
        }
        return new ProductKernel(new Gemm(1, 0, false, false), products);
    }

    /** Multiplications of a product whose sums are as long as the last dimension of a. */
    private static long products(TensorType a, TensorType y) {
        return (long) ((double) y.elementCount() * a.shape()[a.rank() - 1]);
    }

    static @Nullable Kernel gemm(Gemm operator, KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        Inputs inputs = request.inputs();
        TensorType y = request.outputs().get(0);
        long products = (long) ((double) y.elementCount() * operator.depth(inputs.type(0)));
        boolean adds = inputs.has(2) && operator.beta() != 0;
        boolean isBias = adds && request.isConstant(2) && isRow(inputs.type(2), y.shape()[1]);
        boolean few = y.shape()[0] <= MatrixProduct.FEW_ROWS;
        if (!operator.transA() && !few && (!adds || isBias)) {
            PreparedConv2d packed =
                    packed(
                            request,
                            operator.transB(),
                            operator.alpha(),
                            isBias ? 2 : null,
                            operator.beta());
            if (packed != null) {
                return new RowsKernel(packed, products);
            }
        }
        return new ProductKernel(operator, products);
    }

    /** Whether c is the same for all rows. */
    private static boolean isRow(TensorType c, long columns) {
        boolean oneRow = c.rank() < 2 || c.shape()[0] == 1;
        return oneRow && c.elementCount() > 0 && columns > 0;
    }

    /** Input 1 as the weights of a 1×1 convolution, if it is constant. */
    private static @Nullable PreparedConv2d packed(
            KernelRequest request,
            boolean transB,
            float alpha,
            @Nullable Integer bias,
            float beta) {
        TensorType b = request.inputs().type(1);
        if (!request.isConstant(1) || b.elementCount() == 0) {
            return null;
        }
        long depth = b.shape()[transB ? 1 : 0];
        long columns = b.shape()[transB ? 0 : 1];
        return request.shared(
                new Packed("weights"),
                PreparedConv2d.class,
                () -> {
                    try (Arena temporary = Arena.ofConfined()) {
                        Tensor given = request.constant(1);
                        Tensor weight = transB ? given : given.transpose(0, 1);
                        if (alpha != 1) {
                            weight = scaled(weight, alpha, temporary);
                        }
                        Tensor added =
                                bias == null
                                        ? null
                                        : biasRow(request.constant(bias), columns, beta, temporary);
                        return Conv2d.builder()
                                .strictNumerics(request.strictNumerics())
                                .build()
                                .prepare(
                                        new long[] {1, depth, 1, 1},
                                        weight.unsqueeze(2).unsqueeze(3),
                                        added,
                                        Activation.NONE,
                                        request.arena());
                    }
                });
    }

    private static Tensor biasRow(Tensor c, long columns, float beta, Arena arena) {
        Tensor row = c.reshape(c.elementCount()).expand(columns);
        return beta == 1 ? row : scaled(row, beta, arena);
    }

    private static Tensor scaled(Tensor tensor, float factor, Arena arena) {
        Tensor scaled = tensor.contiguous(arena);
        MemorySegment memory = scaled.segment();
        for (long i = 0; i < scaled.elementCount(); i++) {
            long at = scaled.offset() + i;
            memory.setAtIndex(JAVA_FLOAT, at, factor * memory.getAtIndex(JAVA_FLOAT, at));
        }
        return scaled;
    }

    /** Rows times packed weights. */
    private record RowsKernel(PreparedConv2d packed, long multiplications) implements Kernel {
        @Override
        public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
            Tensor a = Objects.requireNonNull(inputs.get(0));
            Tensor y = outputs.get(0);
            if (y.elementCount() == 0) {
                return _ -> {};
            }
            if (!isRows(a) || !isRows(y)) {
                // A slice of a larger array, which only a product of stacks can be.
                return MatrixProduct.bind(a, Objects.requireNonNull(inputs.get(1)), 1, y);
            }
            Tensor pixels = pixels(a);
            Tensor results = pixels(y);
            return workers -> {
                if (workers == null) {
                    packed.run(pixels, results);
                } else {
                    packed.run(workers, pixels, results);
                }
            };
        }

        private static boolean isRows(Tensor tensor) {
            return tensor.rank() <= 2 || tensor.isContiguous();
        }

        /** Every row is a picture of one pixel. */
        private static Tensor pixels(Tensor tensor) {
            int rank = tensor.rank();
            long depth = tensor.size(rank - 1);
            Tensor rows =
                    switch (rank) {
                        case 1 -> tensor.unsqueeze(0);
                        case 2 -> tensor;
                        default -> tensor.reshape(tensor.elementCount() / depth, depth);
                    };
            return rows.unsqueeze(2).unsqueeze(3);
        }

        @Override
        public String description() {
            return "packed";
        }
    }

    /** Both matrices as they come. */
    private record ProductKernel(Gemm operator, long multiplications) implements Kernel {
        @Override
        public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
            Tensor a = Objects.requireNonNull(inputs.get(0));
            Tensor b = Objects.requireNonNull(inputs.get(1));
            Tensor c = inputs.size() > 2 ? inputs.get(2) : null;
            Tensor y = outputs.get(0);
            MatrixProduct product =
                    MatrixProduct.bind(
                            operator.transA() ? a.transpose(0, 1) : a,
                            operator.transB() ? b.transpose(0, 1) : b,
                            operator.alpha(),
                            y);
            float beta = operator.beta();
            if (c == null || beta == 0) {
                return product;
            }
            Tensor addend = c.expand(y.shape());
            return workers -> {
                product.run(workers);
                add(beta, addend, y);
            };
        }

        /** y += beta · c, element by element. */
        private static void add(float beta, Tensor c, Tensor y) {
            MemorySegment from = c.segment();
            MemorySegment to = y.segment();
            for (long i = 0; i < y.size(0); i++) {
                for (long j = 0; j < y.size(1); j++) {
                    long at = y.offset() + i * y.stride(0) + j * y.stride(1);
                    long source = c.offset() + i * c.stride(0) + j * c.stride(1);
                    float sum =
                            to.getAtIndex(JAVA_FLOAT, at)
                                    + beta * from.getAtIndex(JAVA_FLOAT, source);
                    to.setAtIndex(JAVA_FLOAT, at, sum);
                }
            }
        }

        @Override
        public String description() {
            return "blas";
        }
    }
}
