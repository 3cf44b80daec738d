package io.strider.graph;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Supplier;

/** What an operator is told when it prepares a kernel. */
public interface KernelRequest {
    /** Types and known values of the inputs. */
    Inputs inputs();

    /** Types of the outputs, as {@link Operator#outputTypes} gave them. */
    List<TensorType> outputs();

    /** Whether every present input and every output is float32. */
    boolean isFloat32();

    /** Whether an input is a constant of the graph or known for this plan. */
    boolean isConstant(int input);

    /**
     * A constant input as a float32 tensor, row-major, that lives as long as the session; not to be
     * written. One that is only read here, and by no bound operation, need not stay in memory.
     *
     * @throws IllegalArgumentException if it is absent, not constant or of another type
     */
    Tensor constant(int input);

    /**
     * Where memory that the kernel keeps comes from. It lives as long as the kernel; inside {@link
     * #shared} as long as what is being made there.
     */
    Arena arena();

    /** Whether only algorithms with the error bound of a plain sum may be chosen. */
    boolean strictNumerics();

    /**
     * Something costly, such as packed weights, made once for a node and used by all plans whose
     * key is equal; plans differ in the sizes of their inputs, mostly in the batch.
     *
     * @param key with value equality, such as a list of the sizes that matter
     */
    <T> T shared(Object key, Class<T> type, Supplier<T> make);
}
