package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import io.strider.ops.Comparison;
import io.strider.ops.ElementaryFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import org.junit.jupiter.api.Test;

/** Types, shapes and refusals of what works element by element. */
class ElementwiseOperatorsTest {
    private static final NdArray FLOATS =
            NdArray.ofDoubles(ElementType.FLOAT32, new double[] {-1, 0, 2}, 3);
    private static final NdArray WHOLE = NdArray.ofIndices(-1, 0, 2);
    private static final NdArray TRUTHS =
            NdArray.ofLongs(ElementType.BOOL, new long[] {1, 0, 1}, 3);

    @Test
    void functionsOfOneNumberKeepTheType() {
        assertThat(result(new Unary(ElementaryFunction.ABS), WHOLE))
                .isEqualTo(NdArray.ofIndices(1, 0, 2));
        assertThat(
                        result(
                                new Unary(ActivationFunction.Plain.RELU),
                                FLOATS.cast(ElementType.FLOAT16)))
                .isEqualTo(NdArray.ofDoubles(ElementType.FLOAT16, new double[] {0, 0, 2}, 3));
        assertThat(new Unary(ActivationFunction.Plain.GELU_BY_TANH).name()).isEqualTo("Gelu");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Unary(ElementaryFunction.EXP), WHOLE))
                .withMessage("x: int64[3] (expected: elements that Exp takes)");
    }

    @Test
    void pairsMustBeOfOneType() {
        Binary add = new Binary(BinaryFunction.ADD);
        assertThat(result(add, WHOLE, NdArray.ofIndices(1))).isEqualTo(NdArray.ofIndices(0, 1, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(add, WHOLE, FLOATS))
                .withMessage("b: float32[3] (expected: int64)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(add, TRUTHS, TRUTHS))
                .withMessage("a: bool[3] (expected: elements that Add takes)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(add, WHOLE, NdArray.ofIndices(1, 2)))
                .withMessageStartingWith("shapes: [[3], [2]]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(add, WHOLE))
                .withMessage("inputs: 1 (expected: 2)");
        Binary power = new Binary(BinaryFunction.POWER);
        assertThat(result(power, FLOATS, NdArray.ofIndices(2)).toDoubles())
                .containsExactly(1, 0, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(power, FLOATS, TRUTHS))
                .withMessage("b: bool[3] (expected: numbers)");
        Binary slope = new Binary(BinaryFunction.PARAMETRIC_RELU);
        assertThat(result(slope, FLOATS, FLOATS).toDoubles()).containsExactly(1, 0, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(slope, FLOATS, FLOATS.reshape(3, 1)))
                .withMessage("slope: float32[3, 1] (expected: a shape that repeats to [3])");
    }

    @Test
    void comparisonsAndQuestionsGiveTruths() {
        assertThat(result(new Compare(Comparison.GREATER), WHOLE, NdArray.ofIndices(0)))
                .isEqualTo(NdArray.ofLongs(ElementType.BOOL, new long[] {0, 0, 1}, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Compare(Comparison.GREATER), TRUTHS, TRUTHS))
                .withMessage("a: bool[3] (expected: comparable elements)");
        assertThat(result(new Truth(Truth.Question.NOT), TRUTHS).toLongs())
                .containsExactly(0, 1, 0);
        NdArray special =
                NdArray.ofDoubles(
                        ElementType.FLOAT32,
                        new double[] {
                            Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY
                        },
                        3);
        assertThat(truths(Truth.Question.NAN, special)).containsExactly(1, 0, 0);
        assertThat(truths(Truth.Question.INFINITE, special)).containsExactly(0, 1, 1);
        assertThat(truths(Truth.Question.NEGATIVE_INFINITE, special)).containsExactly(0, 1, 0);
        assertThat(truths(Truth.Question.POSITIVE_INFINITE, special)).containsExactly(0, 0, 1);
        assertThat(truths(Truth.Question.NEVER_INFINITE, special)).containsExactly(0, 0, 0);
        assertThat(new Truth(Truth.Question.INFINITE).name()).isEqualTo("IsInf");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> truths(Truth.Question.NOT, FLOATS))
                .withMessage("x: float32[3] (expected: bool)");
    }

    private static long[] truths(Truth.Question question, NdArray x) {
        return result(new Truth(question), x).toLongs();
    }

    @Test
    void anyNumberOfInputs() {
        assertThat(result(new Variadic(Variadic.Kind.MEAN), FLOATS, FLOATS.reshape(3, 1)).shape())
                .containsExactly(3, 3);
        assertThat(result(new Variadic(Variadic.Kind.MINIMUM), WHOLE, NdArray.ofIndices(1)))
                .isEqualTo(NdArray.ofIndices(-1, 0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Variadic(Variadic.Kind.SUM), WHOLE))
                .withMessage("input 0: int64[3] (expected: elements that Sum takes)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Variadic(Variadic.Kind.SUM)))
                .withMessageStartingWith("inputs: 0 (expected: 1 to ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Variadic(Variadic.Kind.MAXIMUM), WHOLE, FLOATS))
                .withMessage("input 1: float32[3] (expected: int64)");
    }

    @Test
    void boundsAreOneElementEach() {
        NdArray one = NdArray.ofIndices(1);
        assertThat(result(new Clip(), WHOLE, null, one)).isEqualTo(NdArray.ofIndices(-1, 0, 1));
        assertThat(result(new Clip(), WHOLE, one)).isEqualTo(NdArray.ofIndices(1, 1, 2));
        NdArray half = FLOATS.cast(ElementType.FLOAT16);
        assertThat(result(new Clip(), half, NdArray.scalar(ElementType.FLOAT32, 0)).toDoubles())
                .containsExactly(0, 0, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Clip(), WHOLE, null, WHOLE))
                .withMessage("max: int64[3] (expected: one element)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Clip(), WHOLE, NdArray.scalar(ElementType.FLOAT32, 0)))
                .withMessage("min: float32[] (expected: int64)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Clip(), TRUTHS))
                .withMessage("x: bool[3] (expected: numbers)");
    }

    @Test
    void selection() {
        assertThat(result(new Where(), TRUTHS, WHOLE, NdArray.ofIndices(9)))
                .isEqualTo(NdArray.ofIndices(-1, 9, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Where(), WHOLE, WHOLE, WHOLE))
                .withMessage("condition: int64[3] (expected: bool)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new Where(), TRUTHS, WHOLE, FLOATS))
                .withMessage("y: float32[3] (expected: int64)");
    }
}
