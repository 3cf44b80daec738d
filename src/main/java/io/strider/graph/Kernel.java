package io.strider.graph;

import io.strider.ops.Operation;
import io.strider.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node prepared for tensors of known sizes. Immutable; one is bound to the tensors of every run
 * that can be under way at once.
 */
public interface Kernel {
    /**
     * Binds the computation to tensors.
     *
     * <p>Tensors of rank 4 lie channels-last in memory, others row-major; any may be a slice of a
     * larger one, so that its outer strides are larger than its sizes tell.
     *
     * @param inputs null where absent or not float32; constants among them, each brought into the
     *     layout above when it is first asked for, so that those that were packed had better not be
     * @param outputs as many as the node names; those that nothing reads are there too
     */
    Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs);

    /** How it computes, in a word or two, such as an algorithm's name; for people. */
    default String description() {
        return "";
    }

    /** Products of a weight and an element that one run computes by definition, or 0. */
    default long multiplications() {
        return 0;
    }

    /**
     * An input whose memory output 0 may take over, element by element in the same order: the
     * kernel reads each element before it writes it. −1 if there is none.
     */
    default int inPlaceInput() {
        return -1;
    }
}
