package io.strider.graph;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * The float32 constants of a graph as tensors in the layouts that kernels expect, converted when
 * first asked for. Thread-safe.
 */
final class ConstantTensors {
    private final Arena arena;
    private final Map<String, Tensor> rowMajor = new HashMap<>();
    private final Map<String, Tensor> laidOut = new HashMap<>();

    /** Of one session or plan. */
    ConstantTensors(Arena arena) {
        this.arena = arena;
    }

    /** Row-major. */
    synchronized Tensor rowMajor(String name, Value value) {
        Tensor tensor = rowMajor.get(name);
        if (tensor == null) {
            tensor = rowMajor(value);
            rowMajor.put(name, tensor);
        }
        return tensor;
    }

    private Tensor rowMajor(Value value) {
        return switch (value) {
            case Value.Floats floats ->
                    floats.tensor().isContiguous()
                            ? floats.tensor()
                            : floats.tensor().contiguous(arena);
            case Value.Numbers numbers -> numbers.array().toTensor(arena);
        };
    }

    /** Channels-last if of rank 4, else row-major; for an operation that reads it in every run. */
    synchronized Tensor laidOut(String name, Value value) {
        Tensor tensor = laidOut.get(name);
        if (tensor == null) {
            tensor = rowMajor(name, value);
            if (tensor.rank() == 4) {
                tensor = channelsLast(tensor);
            }
            laidOut.put(name, tensor);
        }
        return tensor;
    }

    private Tensor channelsLast(Tensor tensor) {
        if (!tensor.isContiguous(MemoryFormat.CHANNELS_LAST)) {
            return tensor.contiguous(arena, MemoryFormat.CHANNELS_LAST);
        }
        // The same memory, with the strides that a dense channels-last tensor has.
        long[] shape = tensor.shape();
        return tensor.elementCount() == 0
                ? tensor
                : tensor.asStrided(shape, Place.dense(shape), tensor.offset());
    }
}
