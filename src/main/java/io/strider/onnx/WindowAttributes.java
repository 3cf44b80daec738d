package io.strider.onnx;

import io.strider.graph.operator.AutoPadding;
import io.strider.graph.operator.SlidingWindow;
import java.util.Arrays;
import java.util.List;

/** The attributes that ONNX's convolutions and pooling have in common. */
final class WindowAttributes {
    private WindowAttributes() {}

    /** Kernel, strides, dilations and padding in numbers or by a rule. */
    static SlidingWindow of(Attributes attributes) {
        return of(attributes, "kernel_shape", padding(attributes), false);
    }

    /** The same and {@code ceil_mode}. */
    static SlidingWindow ofPooling(Attributes attributes) {
        attributes.required("kernel_shape", attributes.integers("kernel_shape"));
        boolean ceiling = attributes.truth("ceil_mode", false);
        return of(attributes, "kernel_shape", padding(attributes), ceiling);
    }

    /** Strides, dilations and padding in numbers. */
    static SlidingWindow ofNumbers(Attributes attributes) {
        return of(attributes, "", AutoPadding.NOTSET, false);
    }

    private static SlidingWindow of(
            Attributes attributes, String kernel, AutoPadding padding, boolean ceiling) {
        return new SlidingWindow(
                padding,
                kernel.isEmpty() ? List.of() : list(attributes, kernel),
                list(attributes, "strides"),
                list(attributes, "dilations"),
                list(attributes, "pads"),
                ceiling);
    }

    private static AutoPadding padding(Attributes attributes) {
        String name = attributes.text("auto_pad", "NOTSET");
        for (AutoPadding padding : AutoPadding.values()) {
            if (padding.name().equals(name)) {
                return padding;
            }
        }
        // Some exporters write the default as an empty string.
        if (name.isEmpty()) {
            return AutoPadding.NOTSET;
        }
        throw new IllegalArgumentException(
                "attribute auto_pad: %s (expected: one of %s)"
                        .formatted(name, Arrays.toString(AutoPadding.values())));
    }

    /** A list of integers, empty if the node has none. */
    static List<Long> list(Attributes attributes, String name) {
        return Arrays.stream(attributes.integers(name, new long[0])).boxed().toList();
    }
}
