package io.strider.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every distinct convolution of the networks measured, by name. */
final class Shapes {
    private static final Map<String, Shape> ALL = new LinkedHashMap<>();

    private static final List<String> QUICK =
            List.of(
                    "resnet50.7x7s2.3-64.224",
                    "resnet50.1x1.64-256.56",
                    "resnet50.3x3.64.56",
                    "resnet50.3x3s2.128.56",
                    "resnet50.3x3.128.28",
                    "resnet50.3x3.256.14",
                    "resnet50.1x1.1024-256.14",
                    "resnet50.3x3.512.7",
                    "vgg16.3x3.128.112",
                    "mobilenetv2.1x1.16-96.112",
                    "mobilenetv2.dw3x3.144.56",
                    "mobilenetv2.dw3x3s2.144.56",
                    "reference.3x3.2-7.5");

    static {
        residual();
        visualGeometry();
        mobile();
        // The data of the two reference scripts: x 1×2×5×5, w 7×2×3×3, no padding.
        add(Shape.dense("reference", 3, 1, 0, 2, 7, 5));
        add(Shape.dense("reference", 3, 2, 0, 2, 7, 5));
    }

    private Shapes() {}

    static List<Shape> all() {
        return List.copyOf(ALL.values());
    }

    /** A dozen that stand for the others. */
    static List<Shape> quick() {
        return QUICK.stream().map(Shapes::named).toList();
    }

    static Shape named(String name) {
        Shape shape = ALL.get(name);
        if (shape == null) {
            throw new IllegalArgumentException(
                    "shape: %s (expected: a name that --list prints)".formatted(name));
        }
        return shape;
    }

    /**
     * The shapes that a list of names means.
     *
     * @param names each a shape's name, or what it begins with up to a dot: {@code resnet50},
     *     {@code mobilenetv2.dw3x3}
     * @throws IllegalArgumentException for a name that means none
     */
    static List<Shape> select(List<String> names) {
        Set<Shape> chosen = new LinkedHashSet<>();
        for (String name : names) {
            List<Shape> meant =
                    ALL.values().stream()
                            .filter(s -> s.name().equals(name) || s.name().startsWith(name + "."))
                            .toList();
            if (meant.isEmpty()) {
                throw new IllegalArgumentException(
                        "--shapes: %s (expected: one of the groups %s, a name that --list prints, or what it begins with)"
                                .formatted(name, String.join(", ", groups())));
            }
            chosen.addAll(meant);
        }
        return List.copyOf(chosen);
    }

    static Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        ALL.values().forEach(shape -> groups.add(shape.network()));
        return groups;
    }

    /** ResNet-50 v1 halves the picture in a stage's first 1×1, v1.5 in its first 3×3; both here. */
    private static void residual() {
        String network = "resnet50";
        add(Shape.dense(network, 7, 2, 3, 3, 64, 224));
        int in = 64;
        int size = 56;
        for (int stage = 0; stage < 4; stage++) {
            int middle = 64 << stage;
            int out = 4 * middle;
            if (stage == 0) {
                add(Shape.dense(network, 1, 1, 0, in, middle, size));
                add(Shape.dense(network, 1, 1, 0, in, out, size)); // the shortcut's too
            } else {
                add(Shape.dense(network, 1, 2, 0, in, middle, size)); // v1
                add(Shape.dense(network, 1, 1, 0, in, middle, size)); // v1.5
                add(Shape.dense(network, 3, 2, 1, middle, middle, size)); // v1.5
                add(Shape.dense(network, 1, 2, 0, in, out, size)); // the shortcut
                size /= 2;
            }
            add(Shape.dense(network, 3, 1, 1, middle, middle, size));
            add(Shape.dense(network, 1, 1, 0, middle, out, size));
            add(Shape.dense(network, 1, 1, 0, out, middle, size));
            in = out;
        }
    }

    private static void visualGeometry() {
        int[][] layers = {
            {3, 64, 224},
            {64, 64, 224},
            {64, 128, 112},
            {128, 128, 112},
            {128, 256, 56},
            {256, 256, 56},
            {256, 512, 28},
            {512, 512, 28},
            {512, 512, 14}
        };
        for (int[] layer : layers) {
            add(Shape.dense("vgg16", 3, 1, 1, layer[0], layer[1], layer[2]));
        }
    }

    /** Table 2 of the MobileNetV2 paper: expansion, channels, repetitions, stride of each stage. */
    private static void mobile() {
        String network = "mobilenetv2";
        int[][] stages = {
            {1, 16, 1, 1},
            {6, 24, 2, 2},
            {6, 32, 3, 2},
            {6, 64, 4, 2},
            {6, 96, 3, 1},
            {6, 160, 3, 2},
            {6, 320, 1, 1}
        };
        List<Shape> depthwise = new ArrayList<>();
        add(Shape.dense(network, 3, 2, 1, 3, 32, 224));
        int in = 32;
        int size = 112;
        for (int[] stage : stages) {
            for (int block = 0; block < stage[2]; block++) {
                int wide = in * stage[0];
                int stride = block == 0 ? stage[3] : 1;
                if (wide != in) {
                    add(Shape.dense(network, 1, 1, 0, in, wide, size));
                }
                depthwise.add(Shape.depthwise(network, 3, stride, wide, size));
                size /= stride;
                add(Shape.dense(network, 1, 1, 0, wide, stage[1], size));
                in = stage[1];
            }
        }
        add(Shape.dense(network, 1, 1, 0, in, 1280, size));
        depthwise.forEach(Shapes::add);
    }

    private static void add(Shape shape) {
        ALL.put(shape.name(), shape);
    }
}
