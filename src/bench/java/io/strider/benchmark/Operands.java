package io.strider.benchmark;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * What one workload is computed on, in NCHW and OIHW: seeded uniform values of [−1, 1). Engines
 * that take that layout read and write it in place, the others copy.
 */
final class Operands implements AutoCloseable {
    private static final long SEED = 20260101;

    private final Arena arena = Arena.ofConfined();
    private final Workload workload;
    private final Tensor weight;
    private final Tensor result;
    private final Tensor input;
    private final Tensor outputGradient;

    Operands(Workload workload) {
        this.workload = workload;
        Shape shape = workload.shape();
        SplittableRandom random = new SplittableRandom(SEED);
        input = tensor(shape.inputShape(workload.batch()), workload.pass() != Pass.DATA, random);
        weight = tensor(shape.weightShape(), workload.pass() != Pass.WEIGHTS, random);
        outputGradient =
                tensor(
                        shape.outputShape(workload.batch()),
                        workload.pass() != Pass.FORWARD,
                        random);
        result =
                switch (workload.pass()) {
                    case FORWARD -> outputGradient;
                    case DATA -> input;
                    case WEIGHTS -> weight;
                };
    }

    /** x, N×C×H×W; the result of {@link Pass#DATA}. */
    Tensor input() {
        return input;
    }

    /** w, O×C/groups×kernel×kernel; the result of {@link Pass#WEIGHTS}. */
    Tensor weight() {
        return weight;
    }

    /** gy, N×O×outHeight×outWidth, or y: the result of {@link Pass#FORWARD}. */
    Tensor output() {
        return outputGradient;
    }

    /** What is computed, shared by all engines: each overwrites it. */
    Tensor result() {
        return result;
    }

    /** So that an engine that writes nothing is not taken for right. */
    void spoilResult() {
        result.fill(Float.NaN);
    }

    /** The bytes of one of these tensors. */
    static ByteBuffer bytes(Tensor tensor) {
        return tensor.segment().asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Σ|a||b| of every element of the result, by Strider's plain way: the convolution of the
     * operands' absolute values.
     */
    Tensor magnitude(Arena target) {
        try (Arena copies = Arena.ofConfined()) {
            Tensor x = absolute(input, copies);
            Tensor w = absolute(weight, copies);
            Tensor gy = absolute(outputGradient, copies);
            Tensor sums = Tensor.zeros(target, workload.resultShape());
            StriderEngine.plain(workload, x, w, gy, sums);
            return sums;
        }
    }

    private Tensor absolute(Tensor tensor, Arena copies) {
        if (tensor == result) {
            return tensor;
        }
        Tensor copy = tensor.contiguous(copies, MemoryFormat.CHANNELS_FIRST);
        MemorySegment segment = copy.segment();
        for (long i = 0; i < copy.elementCount(); i++) {
            float value = segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.abs(value));
        }
        return copy;
    }

    private Tensor tensor(long[] shape, boolean filled, SplittableRandom random) {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        MemorySegment segment = arena.allocate(Math.multiplyExact(count, Float.BYTES), 64);
        if (filled) {
            for (long i = 0; i < count; i++) {
                float value = (random.nextInt() >> 8) * 0x1p-23f;
                segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
        }
        return Tensor.wrap(segment, shape);
    }

    @Override
    public void close() {
        arena.close();
    }
}
