package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.graph.Operator;
import io.strider.graph.operator.ArgExtremum;
import io.strider.graph.operator.BatchNormalization;
import io.strider.graph.operator.Binary;
import io.strider.graph.operator.Clip;
import io.strider.graph.operator.GroupNormalization;
import io.strider.graph.operator.LayerNormalization;
import io.strider.graph.operator.LocalResponseNormalization;
import io.strider.graph.operator.LpNormalization;
import io.strider.graph.operator.MeanVarianceNormalization;
import io.strider.graph.operator.Reduction;
import io.strider.graph.operator.RootMeanSquareNormalization;
import io.strider.graph.operator.Softmax;
import io.strider.graph.operator.Truth;
import io.strider.graph.operator.Unary;
import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import io.strider.ops.ReductionFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What attributes and versions make of elementwise operators, normalisations and reductions. */
class ElementwiseRulesTest {
    private final List<NdArray> constants = new ArrayList<>();
    private List<String> inputs = List.of();

    private Operator translate(
            String name, long version, Map<String, Object> attributes, String... given) {
        return translate(name, version, attributes, 1, given);
    }

    private Operator translate(
            String name,
            long version,
            Map<String, Object> attributes,
            int outputs,
            String... given) {
        Attributes known = new Attributes(attributes);
        NodeTranslation node =
                new NodeTranslation(
                        known,
                        version,
                        List.of(given),
                        java.util.Collections.nCopies(outputs, "y"),
                        constant -> {
                            constants.add(constant);
                            return "constant " + constants.size();
                        });
        Operator operator = TranslationRules.all().get(name).operator(node);
        known.requireAllAsked();
        inputs = node.inputs();
        return operator;
    }

    @Test
    void activationsHaveOnnxsDefaults() {
        assertThat(translate("LeakyRelu", 16, Map.of()))
                .isEqualTo(new Unary(new ActivationFunction.LeakyRelu(0.01f)));
        assertThat(translate("Elu", 6, Map.of("alpha", 2f)))
                .isEqualTo(new Unary(new ActivationFunction.ExponentialLinear("Elu", 2, 1, 1)));
        assertThat(translate("Selu", 6, Map.of()))
                .isEqualTo(
                        new Unary(
                                new ActivationFunction.ExponentialLinear(
                                        "Selu", 1.6732632f, 1.050701f, 1)));
        assertThat(translate("Celu", 12, Map.of("alpha", 3f)))
                .isEqualTo(new Unary(new ActivationFunction.ExponentialLinear("Celu", 3, 1, 3)));
        assertThat(translate("HardSigmoid", 6, Map.of("beta", 0.25f)))
                .isEqualTo(new Unary(new ActivationFunction.HardSigmoid(0.2f, 0.25f)));
        assertThat(translate("Swish", 24, Map.of()))
                .isEqualTo(new Unary(new ActivationFunction.Swish(1)));
        assertThat(translate("ThresholdedRelu", 10, Map.of()))
                .isEqualTo(new Unary(new ActivationFunction.ThresholdedRelu(1)));
        assertThat(translate("Shrink", 9, Map.of("lambd", 2f)))
                .isEqualTo(new Unary(new ActivationFunction.Shrink(2, 0)));
        assertThat(translate("Gelu", 20, Map.of()))
                .isEqualTo(new Unary(ActivationFunction.Plain.GELU));
        assertThat(translate("Gelu", 20, Map.of("approximate", "tanh")))
                .isEqualTo(new Unary(ActivationFunction.Plain.GELU_BY_TANH));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("Gelu", 20, Map.of("approximate", "quick")))
                .withMessage("attribute approximate: quick (expected: none or tanh)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("Relu", 14, Map.of("alpha", 1f)))
                .withMessage("attribute alpha: not supported");
    }

    @Test
    void remaindersAreOfTwoKinds() {
        assertThat(translate("Mod", 13, Map.of()))
                .isEqualTo(new Binary(BinaryFunction.FLOOR_REMAINDER));
        assertThat(translate("Mod", 13, Map.of("fmod", 1L)))
                .isEqualTo(new Binary(BinaryFunction.REMAINDER));
    }

    @Test
    void boundsAreAttributesBeforeVersion11() {
        assertThat(translate("Clip", 6, Map.of("max", 6f), "x")).isEqualTo(new Clip());
        assertThat(inputs).containsExactly("x", "", "constant 1");
        assertThat(constants).containsExactly(NdArray.scalar(ElementType.FLOAT32, 6));
        translate("Clip", 6, Map.of("min", 0f), "x");
        assertThat(inputs).containsExactly("x", "constant 2");
        translate("Clip", 13, Map.of(), "x", "low", "high");
        assertThat(inputs).containsExactly("x", "low", "high");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("Clip", 11, Map.of("max", 6f), "x"));
    }

    @Test
    void infinitiesOfTheSignsThatAreAskedFor() {
        assertThat(infinite(1, 1)).isEqualTo(Truth.Question.INFINITE);
        assertThat(infinite(1, 0)).isEqualTo(Truth.Question.NEGATIVE_INFINITE);
        assertThat(infinite(0, 1)).isEqualTo(Truth.Question.POSITIVE_INFINITE);
        assertThat(infinite(0, 0)).isEqualTo(Truth.Question.NEVER_INFINITE);
    }

    private Truth.Question infinite(long negative, long positive) {
        Map<String, Object> attributes =
                Map.of("detect_negative", negative, "detect_positive", positive);
        return ((Truth) translate("IsInf", 10, attributes)).question();
    }

    @Test
    void axesAreAttributesBeforeVersion13Or18() {
        assertThat(translate("ReduceSum", 11, Map.of("axes", new long[] {2}), "x"))
                .isEqualTo(new Reduction(ReductionFunction.SUM, true, false));
        assertThat(inputs).containsExactly("x", "constant 1");
        assertThat(constants).containsExactly(NdArray.ofIndices(2));
        translate("ReduceMean", 13, Map.of("axes", new long[] {2}, "keepdims", 0L), "x");
        assertThat(inputs).containsExactly("x", "constant 2");
        assertThat(translate("ReduceSum", 13, Map.of("noop_with_empty_axes", 1L), "x"))
                .isEqualTo(new Reduction(ReductionFunction.SUM, true, true));
        assertThat(translate("ReduceL2", 18, Map.of("keepdims", 0L), "x", "axes"))
                .isEqualTo(new Reduction(ReductionFunction.L2, false, false));
        assertThat(inputs).containsExactly("x", "axes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("ReduceMax", 18, Map.of("axes", new long[] {2}), "x"))
                .withMessage("attribute axes: not supported");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("ReduceMax", 13, Map.of("noop_with_empty_axes", 1L)));
    }

    @Test
    void placesOfExtrema() {
        assertThat(translate("ArgMax", 12, Map.of("select_last_index", 1L, "axis", 2L)))
                .isEqualTo(new ArgExtremum(true, 2, true, true));
        assertThat(translate("ArgMin", 11, Map.of("keepdims", 0L)))
                .isEqualTo(new ArgExtremum(false, 0, false, false));
    }

    @Test
    void softmaxTookAllDimensionsFromTheAxisOnBeforeVersion13() {
        assertThat(translate("Softmax", 11, Map.of()))
                .isEqualTo(new Softmax(Softmax.Kind.SHARE, 1, true));
        assertThat(translate("LogSoftmax", 13, Map.of()))
                .isEqualTo(new Softmax(Softmax.Kind.LOGARITHM, -1, false));
        assertThat(translate("Hardmax", 13, Map.of("axis", 0L)))
                .isEqualTo(new Softmax(Softmax.Kind.LARGEST, 0, false));
    }

    @Test
    void batchNormalisations() {
        assertThat(translate("BatchNormalization", 7, Map.of("spatial", 1L)))
                .isEqualTo(new BatchNormalization(1e-5f, 0.9f, false));
        assertThat(translate("BatchNormalization", 15, Map.of("training_mode", 1L), 3))
                .isEqualTo(new BatchNormalization(1e-5f, 0.9f, true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("BatchNormalization", 7, Map.of("spatial", 0L)))
                .withMessage("attribute spatial: 0 (expected: 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("BatchNormalization", 9, Map.of(), 5))
                .withMessage("outputs: 5, for training (expected: 1)");
    }

    @Test
    void otherNormalisations() {
        assertThat(translate("InstanceNormalization", 6, Map.of("epsilon", 0.5f)))
                .isEqualTo(new GroupNormalization(GroupNormalization.EVERY_CHANNEL, 0.5));
        assertThat(translate("GroupNormalization", 21, Map.of("num_groups", 4L, "stash_type", 1L)))
                .isEqualTo(new GroupNormalization(4, 1e-5f));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("GroupNormalization", 18, Map.of()))
                .withMessage("attribute num_groups: 0 (expected: >= 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("GroupNormalization", 17, Map.of("num_groups", 4L)))
                .withMessageContaining("operator set 17");
        assertThat(translate("LayerNormalization", 17, Map.of("axis", 1L, "stash_type", 11L)))
                .isEqualTo(new LayerNormalization(1, 1e-5f, ElementType.FLOAT64));
        assertThat(translate("LayerNormalization", 17, Map.of("stash_type", 16L)))
                .isEqualTo(new LayerNormalization(-1, 1e-5f, ElementType.BFLOAT16));
        assertThat(translate("LayerNormalization", 17, Map.of("stash_type", 10L)))
                .isEqualTo(new LayerNormalization(-1, 1e-5f, ElementType.FLOAT16));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("LayerNormalization", 17, Map.of("stash_type", 7L)))
                .withMessage("attribute stash_type: 7 (expected: 1, 10, 11 or 16)");
        assertThat(translate("RMSNormalization", 23, Map.of()))
                .isEqualTo(new RootMeanSquareNormalization(-1, 1e-5f));
        assertThat(translate("LRN", 13, Map.of("size", 5L, "beta", 0.5f)))
                .isEqualTo(new LocalResponseNormalization(5, 1e-4f, 0.5f, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate("LRN", 13, Map.of("size", 1L << 32)))
                .withMessage("attribute size: 4294967296 (expected: 1 to 2147483647)");
        assertThat(translate("LpNormalization", 1, Map.of("p", 1L)))
                .isEqualTo(new LpNormalization(-1, 1));
        assertThat(translate("MeanVarianceNormalization", 13, Map.of()))
                .isEqualTo(new MeanVarianceNormalization(List.of(0L, 2L, 3L)));
    }
}
