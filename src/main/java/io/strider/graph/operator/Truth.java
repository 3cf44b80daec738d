package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainElementwise;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A question about every element, answered by truths.
 *
 * <p>Input x: truths for {@link Question#NOT}, floating-point numbers for the others. Output of x's
 * shape.
 *
 * @param question what is asked
 */
public record Truth(Question question) implements Operator {

    /** What is asked about an element. */
    public enum Question {
        /** Is it 0. */
        NOT("Not"),
        /** Is it NaN. */
        NAN("IsNaN"),
        /** Is it an infinity of either sign. */
        INFINITE("IsInf"),
        /** Is it −∞. */
        NEGATIVE_INFINITE("IsInf"),
        /** Is it +∞. */
        POSITIVE_INFINITE("IsInf"),
        /** False, whatever it is: an infinity of neither sign. */
        NEVER_INFINITE("IsInf");

        private final String label;

        Question(String label) {
            this.label = label;
        }
    }

    @Override
    public String name() {
        return question.label;
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        TensorType x =
                question == Question.NOT
                        ? OperandTypes.like(inputs, 0, "x", ElementType.BOOL)
                        : OperandTypes.floating(inputs, 0, "x");
        return List.of(new TensorType(ElementType.BOOL, x.shape()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(
                switch (question) {
                    case NOT -> PlainElementwise.not(x);
                    case NAN -> PlainElementwise.isNaN(x);
                    case INFINITE -> PlainElementwise.isInfinite(x, true, true);
                    case NEGATIVE_INFINITE -> PlainElementwise.isInfinite(x, true, false);
                    case POSITIVE_INFINITE -> PlainElementwise.isInfinite(x, false, true);
                    case NEVER_INFINITE -> PlainElementwise.isInfinite(x, false, false);
                });
    }
}
