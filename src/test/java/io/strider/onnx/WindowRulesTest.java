package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.graph.Operator;
import io.strider.graph.operator.AutoPadding;
import io.strider.graph.operator.AveragePool;
import io.strider.graph.operator.ColumnsToImage;
import io.strider.graph.operator.Convolution;
import io.strider.graph.operator.Gemm;
import io.strider.graph.operator.GlobalAveragePool;
import io.strider.graph.operator.GlobalLpPool;
import io.strider.graph.operator.GlobalMaxPool;
import io.strider.graph.operator.LpPool;
import io.strider.graph.operator.MatMul;
import io.strider.graph.operator.MaxPool;
import io.strider.graph.operator.SlidingWindow;
import io.strider.graph.operator.TransposedConvolution;
import io.strider.ops.PlainPooling.Order;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules for convolutions, pooling and matrix products. */
class WindowRulesTest {
    private static Operator translated(String name, long version, Map<String, Object> values) {
        Attributes attributes = new Attributes(values);
        NodeTranslation node =
                new NodeTranslation(
                        attributes, version, List.of("x", "w"), List.of("y"), constant -> "c");
        Operator operator = TranslationRules.all().get(name).operator(node);
        attributes.requireAllAsked();
        assertThat(operator.name()).isEqualTo(name);
        return operator;
    }

    private static final Map<String, Object> ALL =
            Map.of(
                    "auto_pad",
                    "SAME_LOWER",
                    "kernel_shape",
                    new long[] {2, 3},
                    "strides",
                    new long[] {4, 5},
                    "dilations",
                    new long[] {6, 7},
                    "pads",
                    new long[] {1, 2, 3, 4});

    private static final SlidingWindow WINDOW =
            new SlidingWindow(
                    AutoPadding.SAME_LOWER,
                    List.of(2L, 3L),
                    List.of(4L, 5L),
                    List.of(6L, 7L),
                    List.of(1L, 2L, 3L, 4L),
                    false);

    private static Map<String, Object> and(Map<String, Object> values, Object... more) {
        Map<String, Object> both = new java.util.HashMap<>(values);
        for (int i = 0; i < more.length; i += 2) {
            both.put((String) more[i], more[i + 1]);
        }
        return both;
    }

    @Test
    void convolutions() {
        assertThat(translated("Conv", 7, Map.of()))
                .isEqualTo(new Convolution(SlidingWindow.of(), 1));
        assertThat(translated("Conv", 11, and(ALL, "group", 8L)))
                .isEqualTo(new Convolution(WINDOW, 8));
        assertThat(translated("Conv", 11, Map.of("auto_pad", "")))
                .isEqualTo(new Convolution(SlidingWindow.of(), 1));
        assertThat(
                        translated(
                                "ConvTranspose",
                                11,
                                and(
                                        ALL,
                                        "group",
                                        8L,
                                        "output_padding",
                                        new long[] {1, 0},
                                        "output_shape",
                                        new long[] {9, 10})))
                .isEqualTo(new TransposedConvolution(WINDOW, List.of(1L, 0L), List.of(9L, 10L), 8));
        assertThat(
                        translated(
                                "Col2Im",
                                18,
                                Map.of(
                                        "strides",
                                        new long[] {4, 5},
                                        "dilations",
                                        new long[] {6, 7},
                                        "pads",
                                        new long[] {1, 2, 3, 4})))
                .isEqualTo(
                        new ColumnsToImage(
                                SlidingWindow.of()
                                        .withStrides(4, 5)
                                        .withDilations(6, 7)
                                        .withPads(1, 2, 3, 4)));
    }

    @Test
    void pooling() {
        assertThat(translated("MaxPool", 12, and(ALL, "ceil_mode", 1L, "storage_order", 1L)))
                .isEqualTo(new MaxPool(WINDOW.withCeiling(), Order.COLUMN_MAJOR));
        assertThat(translated("MaxPool", 7, Map.of("kernel_shape", new long[] {3})))
                .isEqualTo(new MaxPool(SlidingWindow.of(3), Order.ROW_MAJOR));
        assertThat(translated("AveragePool", 19, and(ALL, "count_include_pad", 1L)))
                .isEqualTo(new AveragePool(WINDOW, true));
        assertThat(translated("LpPool", 18, and(ALL, "ceil_mode", 1L, "p", 3L)))
                .isEqualTo(new LpPool(WINDOW.withCeiling(), 3));
        assertThat(translated("LpPool", 11, ALL)).isEqualTo(new LpPool(WINDOW, 2));
        assertThat(translated("GlobalMaxPool", 7, Map.of())).isEqualTo(new GlobalMaxPool());
        assertThat(translated("GlobalAveragePool", 7, Map.of())).isEqualTo(new GlobalAveragePool());
        assertThat(translated("GlobalLpPool", 7, Map.of())).isEqualTo(new GlobalLpPool(2));
    }

    @Test
    void products() {
        assertThat(translated("MatMul", 13, Map.of())).isEqualTo(new MatMul());
        assertThat(translated("Gemm", 13, Map.of())).isEqualTo(new Gemm(1, 1, false, false));
        assertThat(
                        translated(
                                "Gemm",
                                6,
                                Map.of("alpha", 2f, "beta", 3f, "transB", 1L, "broadcast", 1L)))
                .isEqualTo(new Gemm(2, 3, false, true));
    }

    @Test
    void whatIsWrongIsRefused() {
        refused("Conv", 11, "attribute auto_pad: SAME (expected: one of", "auto_pad", "SAME");
        refused("Conv", 11, "attribute ceil_mode: not supported", "ceil_mode", 1L);
        refused("MaxPool", 11, "attribute kernel_shape: missing", "ceil_mode", 1L);
        refused(
                "MaxPool",
                11,
                "attribute storage_order: 2 (expected: 0 or 1)",
                "kernel_shape",
                new long[] {1},
                "storage_order",
                2L);
        refused("Gemm", 7, "attribute broadcast: not supported", "broadcast", 1L);
        refused("Col2Im", 17, "at least 18");
        refused("Conv", 11, "attribute strides: 1 (expected: a list", "strides", 1L);
    }

    private static void refused(String name, long version, String message, Object... values) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translated(name, version, and(Map.of(), values)))
                .withMessageContaining(message);
    }
}
