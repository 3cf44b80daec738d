package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.graph.Operator;
import io.strider.graph.operator.Cast;
import io.strider.graph.operator.Concat;
import io.strider.graph.operator.Constant;
import io.strider.graph.operator.DepthToSpace;
import io.strider.graph.operator.DequantizeLinear;
import io.strider.graph.operator.Dropout;
import io.strider.graph.operator.Pad;
import io.strider.graph.operator.QuantizeLinear;
import io.strider.graph.operator.Reshape;
import io.strider.graph.operator.Resize;
import io.strider.graph.operator.ScatterElements;
import io.strider.graph.operator.ScatterReduction;
import io.strider.graph.operator.Slice;
import io.strider.graph.operator.Split;
import io.strider.graph.operator.Squeeze;
import io.strider.ops.ResizeSampling;
import io.strider.ops.ResizeSampling.Coordinates;
import io.strider.ops.ResizeSampling.Filter;
import io.strider.ops.ResizeSampling.Nearest;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How movement, shape and quantisation nodes of several operator sets are understood. */
class MovementRulesTest {
    /** What a rule made of a node: the operator, its inputs and the constants that it added. */
    private record Translated(Operator operator, List<String> inputs, List<NdArray> constants) {}

    private static Translated translate(
            String type, long version, Map<String, Object> attributes, String... inputs) {
        List<NdArray> constants = new ArrayList<>();
        NodeTranslation node =
                new NodeTranslation(
                        new Attributes(attributes),
                        version,
                        List.of(inputs),
                        List.of("y"),
                        constant -> {
                            constants.add(constant);
                            return "constant " + constants.size();
                        });
        Operator operator = TranslationRules.all().get(type).operator(node);
        node.attributes().requireAllAsked();
        return new Translated(operator, node.inputs(), constants);
    }

    @Test
    void attributesOfEarlyVersionsBecomeInputs() {
        Translated squeeze = translate("Squeeze", 11, Map.of("axes", new long[] {1}), "x");
        assertThat(squeeze.operator).isEqualTo(new Squeeze());
        assertThat(squeeze.inputs).containsExactly("x", "constant 1");
        assertThat(squeeze.constants).containsExactly(NdArray.ofIndices(1));

        Translated slice =
                translate(
                        "Slice", 9, Map.of("starts", new long[] {1}, "ends", new long[] {2}), "x");
        assertThat(slice.operator).isEqualTo(new Slice());
        assertThat(slice.inputs).containsExactly("x", "constant 1", "constant 2");

        Translated split = translate("Split", 11, Map.of("split", new long[] {1, 2}), "x");
        assertThat(split.operator).isEqualTo(new Split(0, 0));
        assertThat(split.constants).containsExactly(NdArray.ofIndices(1, 2));

        Translated reshape = translate("Reshape", 4, Map.of("shape", new long[] {-1}), "x");
        assertThat(reshape.operator).isEqualTo(new Reshape(false));
        assertThat(reshape.constants).containsExactly(NdArray.ofIndices(-1));

        Translated pad =
                translate(
                        "Pad",
                        10,
                        Map.of("pads", new long[] {1, 1}, "value", 2f, "mode", "constant"),
                        "x");
        assertThat(pad.operator).isEqualTo(new Pad(Pad.Mode.CONSTANT));
        assertThat(pad.constants)
                .containsExactly(NdArray.ofIndices(1, 1), NdArray.scalar(ElementType.FLOAT32, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "Squeeze, 13, axes",
        "Unsqueeze, 13, axes",
        "Slice, 10, starts",
        "Split, 13, split",
        "Reshape, 5, shape",
        "Pad, 11, pads"
    })
    void laterVersionsHaveNoSuchAttribute(String type, long version, String attribute) {
        Map<String, Object> attributes = Map.of(attribute, new long[] {0});
        assertThatThrownBy(() -> translate(type, version, attributes, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(attribute);
    }

    @Test
    void splitMayTellItsNumber() {
        assertThat(translate("Split", 18, Map.of("num_outputs", 3L, "axis", 1L), "x").operator)
                .isEqualTo(new Split(1, 3));
        for (long version : new long[] {13, 18}) {
            assertThatThrownBy(() -> translate("Split", version, Map.of("num_outputs", 0L), "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("num_outputs");
        }
    }

    @Test
    void concatNeedsItsAxisSinceVersionFour() {
        assertThat(translate("Concat", 1, Map.of(), "x").operator).isEqualTo(new Concat(1));
        assertThat(translate("Concat", 13, Map.of("axis", -1L), "x").operator)
                .isEqualTo(new Concat(-1));
        assertThatThrownBy(() -> translate("Concat", 13, Map.of(), "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attribute axis: missing");
    }

    private static ResizeSampling early(Filter filter) {
        return new ResizeSampling(filter, Coordinates.ASYMMETRIC, Nearest.SIMPLE, 0, false, false);
    }

    @Test
    void upsampleIsAnEarlyResize() {
        Resize linear = new Resize(early(Filter.LINEAR), List.of(), Resize.AspectRatio.STRETCH, 0);
        Translated seven =
                translate(
                        "Upsample", 7, Map.of("scales", new float[] {1, 2}, "mode", "linear"), "x");
        assertThat(seven.operator).isEqualTo(linear);
        assertThat(seven.inputs).containsExactly("x", "", "constant 1");
        assertThat(seven.constants.get(0).toDoubles()).containsExactly(1, 2);
        for (String type : List.of("Upsample", "Resize")) {
            long version = type.equals("Resize") ? 10 : 9;
            Translated later = translate(type, version, Map.of("mode", "linear"), "x", "s");
            assertThat(later.operator).isEqualTo(linear);
            assertThat(later.inputs).containsExactly("x", "", "s");
            assertThatThrownBy(() -> translate(type, version, Map.of(), "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("inputs: 1");
            assertThatThrownBy(() -> translate(type, version, Map.of("mode", "cubic"), "x", "s"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mode");
        }
        assertThatThrownBy(() -> translate("Upsample", 7, Map.of(), "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scales");
    }

    @Test
    void resizeTakesAllAttributes() {
        Map<String, Object> attributes =
                Map.of(
                        "mode",
                        "cubic",
                        "coordinate_transformation_mode",
                        "half_pixel_symmetric",
                        "cubic_coeff_a",
                        -0.5f,
                        "exclude_outside",
                        1L,
                        "antialias",
                        1L,
                        "axes",
                        new long[] {2, 3},
                        "keep_aspect_ratio_policy",
                        "not_larger",
                        "extrapolation_value",
                        7f);
        ResizeSampling sampling =
                new ResizeSampling(
                        Filter.CUBIC,
                        Coordinates.HALF_PIXEL_SYMMETRIC,
                        Nearest.ROUND_PREFER_FLOOR,
                        -0.5,
                        true,
                        true);
        assertThat(translate("Resize", 19, attributes, "x", "", "", "s").operator)
                .isEqualTo(new Resize(sampling, List.of(2L, 3L), Resize.AspectRatio.NOT_LARGER, 7));
        assertThatThrownBy(() -> translate("Resize", 19, Map.of("antialias", 1L), "x", "", "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("antialias");
        assertThatThrownBy(() -> translate("Resize", 19, Map.of("mode", "area"), "x", "", "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mode: area (expected: one of [nearest, linear, cubic])");
    }

    @Test
    void modesOfOthers() {
        Map<String, Object> attributes = Map.of("blocksize", 2L, "mode", "CRD");
        assertThat(translate("DepthToSpace", 11, attributes, "x").operator)
                .isEqualTo(new DepthToSpace(2, true));
        assertThat(translate("DepthToSpace", 1, Map.of("blocksize", 3L), "x").operator)
                .isEqualTo(new DepthToSpace(3, false));
        Map<String, Object> other = Map.of("blocksize", 2L, "mode", "RCD");
        assertThatThrownBy(() -> translate("DepthToSpace", 11, other, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RCD");
        assertThat(translate("Pad", 19, Map.of("mode", "wrap"), "x", "p").operator)
                .isEqualTo(new Pad(Pad.Mode.WRAP));
        assertThat(translate("ScatterElements", 18, Map.of("reduction", "max"), "x").operator)
                .isEqualTo(new ScatterElements(0, ScatterReduction.MAX));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Expand 7", "Tile 1", "Pad 1", "Resize 9", "Upsample 1", "Cast 1"})
    void versionsWithoutTheOperatorAreRefused(String node) {
        String type = node.split(" ")[0];
        long version = Long.parseLong(node.split(" ")[1]);
        assertThatThrownBy(() -> translate(type, version, Map.of(), "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("operator set " + version);
    }

    private static NdArray constant(String name, Object value) {
        return ((Constant) translate("Constant", 13, Map.of(name, value)).operator).value();
    }

    @Test
    void constantsOfEveryAttribute() {
        assertThat(constant("value", NdArray.ofIndices(1, 2))).isEqualTo(NdArray.ofIndices(1, 2));
        assertThat(constant("value_int", 5L))
                .isEqualTo(NdArray.ofLongs(ElementType.INT64, new long[] {5}));
        assertThat(constant("value_ints", new long[] {5, 6})).isEqualTo(NdArray.ofIndices(5, 6));
        assertThat(constant("value_float", 2.5f))
                .isEqualTo(NdArray.scalar(ElementType.FLOAT32, 2.5));
        assertThat(constant("value_floats", new float[] {1, 2}))
                .isEqualTo(NdArray.ofDoubles(ElementType.FLOAT32, new double[] {1, 2}, 2));
        assertThatThrownBy(() -> constant("value_string", "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value_string");
        assertThatThrownBy(() -> translate("Constant", 13, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing");
    }

    @ParameterizedTest
    @CsvSource({"1, FLOAT32", "2, UINT8", "9, BOOL", "16, BFLOAT16", "13, UINT64"})
    void castNamesItsTypeByCode(long code, ElementType type) {
        assertThat(translate("Cast", 13, Map.of("to", code, "saturate", 1L), "x").operator)
                .isEqualTo(new Cast(type));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 8, 14, 17, 99, -1, 1L << 32 | 1})
    void castRefusesOtherTypes(long code) {
        assertThatThrownBy(() -> translate("Cast", 13, Map.of("to", code), "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("attribute to");
    }

    @Test
    void castNeedsAType() {
        assertThatThrownBy(() -> translate("Cast", 13, Map.of(), "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attribute to: missing");
    }

    @Test
    void dropoutIgnoresItsRatio() {
        assertThat(translate("Dropout", 7, Map.of("ratio", 0.5f), "x").operator)
                .isEqualTo(new Dropout());
    }

    @Test
    void quantizationOfLaterVersions() {
        Map<String, Object> attributes =
                Map.of("axis", 0L, "block_size", 2L, "output_dtype", 3L, "saturate", 1L);
        assertThat(translate("QuantizeLinear", 21, attributes, "x", "s").operator)
                .isEqualTo(new QuantizeLinear(0, 2, ElementType.INT8));
        assertThat(translate("QuantizeLinear", 10, Map.of(), "x", "s").operator)
                .isEqualTo(new QuantizeLinear(1, 0, null));
        assertThat(translate("DequantizeLinear", 21, Map.of("axis", -1L), "x", "s").operator)
                .isEqualTo(new DequantizeLinear(-1, 0));
        Map<String, Object> doubles = Map.of("precision", 11L);
        assertThatThrownBy(() -> translate("QuantizeLinear", 23, doubles, "x", "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("precision: 11");
    }
}
