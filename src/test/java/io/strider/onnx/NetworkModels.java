package io.strider.onnx;

import io.strider.onnx.NetworkLayers.Features;
import io.strider.onnx.NetworkLayers.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * Well-known image networks, layer for layer as torchvision defines them and PyTorch exports them
 * in inference mode with operator set 17, with batch normalisations left in and seeded weights (see
 * {@link NetworkLayers}): pictures of batch × 3 × height × width, a free batch, 1000 classes.
 */
public enum NetworkModels {
    /** He et al., Deep Residual Learning for Image Recognition, 2015. */
    RESNET18("resnet18") {
        @Override
        Features layers(NetworkLayers net, Features input) {
            return residual(net, input, false, 2, 2, 2, 2);
        }
    },

    /** The same; version 1.5 strides in the 3×3 convolution of a bottleneck. */
    RESNET50("resnet50") {
        @Override
        Features layers(NetworkLayers net, Features input) {
            return residual(net, input, true, 3, 4, 6, 3);
        }
    },

    /** Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018; width 1. */
    MOBILENETV2("mobilenetv2") {
        @Override
        Features layers(NetworkLayers net, Features input) {
            return mobile(net, input);
        }
    },

    /** Iandola et al., SqueezeNet, 2016; version 1.1. */
    SQUEEZENET("squeezenet1.1") {
        @Override
        Features layers(NetworkLayers net, Features input) {
            return squeeze(net, input);
        }
    },

    /** Huang et al., Densely Connected Convolutional Networks, 2016. */
    DENSENET121("densenet121") {
        @Override
        Features layers(NetworkLayers net, Features input) {
            return dense(net, input);
        }
    },

    /** Ma et al., ShuffleNet V2, 2018; width 1. */
    SHUFFLENETV2("shufflenetv2") {
        @Override
        Features layers(NetworkLayers net, Features input) {
            return shuffle(net, input);
        }
    };

    /** Channels, height and width of a picture that the networks were made for. */
    public static final int CHANNELS = 3;

    /** Height and width of the pictures that the networks were made for. */
    public static final int SIZE = 224;

    private static final int CLASSES = 1000;

    /** Of what is added to a shortcut, so that a sum of many stays of the size of one. */
    private static final double BRANCH_SCALE = 0.25;

    private final String text;

    NetworkModels(String text) {
        this.text = text;
    }

    /**
     * A network.
     *
     * @param model its ONNX model, to be written
     * @param parameters weights and biases, without running statistics
     * @param multiplications multiply-adds of convolutions and linear layers for a picture
     */
    public record Network(OnnxBuilder model, long parameters, long multiplications) {}

    abstract Features layers(NetworkLayers net, Features input);

    /** What commands and tables call it. */
    public String text() {
        return text;
    }

    /** The network for pictures of {@value #SIZE}×{@value #SIZE}. */
    public Network network() {
        return network(SIZE, SIZE);
    }

    /** The network for pictures of another size, of the same weights. */
    public Network network(int height, int width) {
        NetworkLayers net = new NetworkLayers(text.hashCode());
        Features output = layers(net, net.input(CHANNELS, height, width));
        return new Network(net.finish(output), net.parameters(), net.multiplications());
    }

    /** A convolution, a batch normalisation, an activation. */
    private static Features convNormRelu(
            NetworkLayers net, String conv, String norm, Features in, int out, Window window) {
        return net.relu(convNorm(net, conv, norm, in, out, window, 1, 1));
    }

    private static Features convNorm(
            NetworkLayers net,
            String conv,
            String norm,
            Features in,
            int out,
            Window window,
            int groups,
            double scale) {
        return net.batchNorm(norm, net.conv(conv, in, out, window, groups), scale);
    }

    private static Features classify(NetworkLayers net, String name, Features in) {
        return net.linear(name, net.flatten(net.globalAverage(in)), CLASSES);
    }

    private static Features residual(
            NetworkLayers net, Features input, boolean bottleneck, int... blocks) {
        Features x = convNormRelu(net, "conv1", "bn1", input, 64, new Window(7, 2, 3));
        x = net.maxPool(x, Window.three(2), false);
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                String name = "layer" + (stage + 1) + "." + block;
                int stride = stage > 0 && block == 0 ? 2 : 1;
                int width = 64 << stage;
                x =
                        bottleneck
                                ? bottleneck(net, name, x, width, stride)
                                : basicBlock(net, name, x, width, stride);
            }
        }
        return classify(net, "fc", x);
    }

    private static Features basicBlock(
            NetworkLayers net, String name, Features in, int width, int stride) {
        Features x =
                convNormRelu(net, name + ".conv1", name + ".bn1", in, width, Window.three(stride));
        x =
                convNorm(
                        net,
                        name + ".conv2",
                        name + ".bn2",
                        x,
                        width,
                        Window.three(1),
                        1,
                        BRANCH_SCALE);
        return net.relu(net.add(x, shortcut(net, name, in, width, stride)));
    }

    private static Features bottleneck(
            NetworkLayers net, String name, Features in, int width, int stride) {
        int out = 4 * width;
        Features x = convNormRelu(net, name + ".conv1", name + ".bn1", in, width, Window.POINT);
        x = convNormRelu(net, name + ".conv2", name + ".bn2", x, width, Window.three(stride));
        x = convNorm(net, name + ".conv3", name + ".bn3", x, out, Window.POINT, 1, BRANCH_SCALE);
        return net.relu(net.add(x, shortcut(net, name, in, out, stride)));
    }

    private static Features shortcut(
            NetworkLayers net, String name, Features in, int out, int stride) {
        if (stride == 1 && in.channels() == out) {
            return in;
        }
        return convNorm(
                net,
                name + ".downsample.0",
                name + ".downsample.1",
                in,
                out,
                new Window(1, stride, 0),
                1,
                1);
    }

    private static Features mobile(NetworkLayers net, Features input) {
        int[][] stages = { // expansion, channels, blocks, stride
            {1, 16, 1, 1},
            {6, 24, 2, 2},
            {6, 32, 3, 2},
            {6, 64, 4, 2},
            {6, 96, 3, 1},
            {6, 160, 3, 2},
            {6, 320, 1, 1}
        };
        Features x =
                net.relu6(
                        convNorm(
                                net,
                                "features.0.0",
                                "features.0.1",
                                input,
                                32,
                                Window.three(2),
                                1,
                                1));
        int index = 1;
        for (int[] stage : stages) {
            for (int block = 0; block < stage[2]; block++) {
                String name = "features." + index++ + ".conv";
                x = inverted(net, name, x, stage[0], stage[1], block == 0 ? stage[3] : 1);
            }
        }
        x = net.relu6(convNorm(net, "features.18.0", "features.18.1", x, 1280, Window.POINT, 1, 1));
        return classify(net, "classifier.1", x);
    }

    private static Features inverted(
            NetworkLayers net, String name, Features in, int expansion, int out, int stride) {
        int hidden = in.channels() * expansion;
        Features x = in;
        int step = 0;
        if (expansion > 1) {
            x =
                    net.relu6(
                            convNorm(
                                    net,
                                    name + ".0.0",
                                    name + ".0.1",
                                    x,
                                    hidden,
                                    Window.POINT,
                                    1,
                                    1));
            step++;
        }
        String depthwise = name + "." + step;
        x =
                net.relu6(
                        convNorm(
                                net,
                                depthwise + ".0",
                                depthwise + ".1",
                                x,
                                hidden,
                                Window.three(stride),
                                hidden,
                                1));
        boolean joins = stride == 1 && in.channels() == out;
        x =
                convNorm(
                        net,
                        name + "." + (step + 1),
                        name + "." + (step + 2),
                        x,
                        out,
                        Window.POINT,
                        1,
                        joins ? BRANCH_SCALE : 1);
        return joins ? net.add(in, x) : x;
    }

    private static Features squeeze(NetworkLayers net, Features input) {
        Window pool = new Window(3, 2, 0);
        Features x = net.relu(net.convWithBias("features.0", input, 64, pool));
        x = net.maxPool(x, pool, true);
        x = fire(net, "features.3", x, 16, 64);
        x = fire(net, "features.4", x, 16, 64);
        x = net.maxPool(x, pool, true);
        x = fire(net, "features.6", x, 32, 128);
        x = fire(net, "features.7", x, 32, 128);
        x = net.maxPool(x, pool, true);
        x = fire(net, "features.9", x, 48, 192);
        x = fire(net, "features.10", x, 48, 192);
        x = fire(net, "features.11", x, 64, 256);
        x = fire(net, "features.12", x, 64, 256);
        x = net.relu(net.convWithBias("classifier.1", x, CLASSES, Window.POINT));
        return net.flatten(net.globalAverage(x));
    }

    private static Features fire(
            NetworkLayers net, String name, Features in, int squeezed, int expanded) {
        Features x = net.relu(net.convWithBias(name + ".squeeze", in, squeezed, Window.POINT));
        return net.concat(
                List.of(
                        net.relu(net.convWithBias(name + ".expand1x1", x, expanded, Window.POINT)),
                        net.relu(
                                net.convWithBias(
                                        name + ".expand3x3", x, expanded, Window.three(1)))));
    }

    private static Features dense(NetworkLayers net, Features input) {
        int growth = 32;
        int[] blocks = {6, 12, 24, 16};
        Features x =
                convNormRelu(
                        net,
                        "features.conv0",
                        "features.norm0",
                        input,
                        2 * growth,
                        new Window(7, 2, 3));
        x = net.maxPool(x, Window.three(2), false);
        for (int block = 1; block <= blocks.length; block++) {
            List<Features> parts = new ArrayList<>(List.of(x));
            for (int layer = 1; layer <= blocks[block - 1]; layer++) {
                String name = "features.denseblock%d.denselayer%d".formatted(block, layer);
                Features y = net.relu(net.batchNorm(name + ".norm1", net.concat(parts), 1));
                y =
                        convNormRelu(
                                net, name + ".conv1", name + ".norm2", y, 4 * growth, Window.POINT);
                parts.add(net.conv(name + ".conv2", y, growth, Window.three(1), 1));
            }
            x = net.concat(parts);
            if (block < blocks.length) {
                String name = "features.transition" + block;
                x = net.relu(net.batchNorm(name + ".norm", x, 1));
                x = net.conv(name + ".conv", x, x.channels() / 2, Window.POINT, 1);
                x = net.averagePool(x);
            }
        }
        return classify(net, "classifier", net.relu(net.batchNorm("features.norm5", x, 1)));
    }

    private static Features shuffle(NetworkLayers net, Features input) {
        int[] blocks = {4, 8, 4};
        int[] channels = {116, 232, 464};
        Features x = convNormRelu(net, "conv1.0", "conv1.1", input, 24, Window.three(2));
        x = net.maxPool(x, Window.three(2), false);
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                String name = "stage" + (stage + 2) + "." + block;
                int half = channels[stage] / 2;
                x = block == 0 ? shuffleDown(net, name, x, half) : shuffleBlock(net, name, x, half);
            }
        }
        x = convNormRelu(net, "conv5.0", "conv5.1", x, 1024, Window.POINT);
        return net.linear("fc", net.meanOfPixels(x), CLASSES);
    }

    private static Features shuffleDown(NetworkLayers net, String name, Features in, int half) {
        String branch = name + ".branch1";
        Features x =
                convNorm(
                        net,
                        branch + ".0",
                        branch + ".1",
                        in,
                        in.channels(),
                        Window.three(2),
                        in.channels(),
                        1);
        x = convNormRelu(net, branch + ".2", branch + ".3", x, half, Window.POINT);
        return net.shuffle(net.concat(List.of(x, shuffleBranch(net, name, in, half, 2))), 2);
    }

    private static Features shuffleBlock(NetworkLayers net, String name, Features in, int half) {
        List<Features> halves = net.halves(in);
        Features x = shuffleBranch(net, name, halves.get(1), half, 1);
        return net.shuffle(net.concat(List.of(halves.get(0), x)), 2);
    }

    private static Features shuffleBranch(
            NetworkLayers net, String name, Features in, int half, int stride) {
        String branch = name + ".branch2";
        Features x = convNormRelu(net, branch + ".0", branch + ".1", in, half, Window.POINT);
        x = convNorm(net, branch + ".3", branch + ".4", x, half, Window.three(stride), half, 1);
        return convNormRelu(net, branch + ".5", branch + ".6", x, half, Window.POINT);
    }
}
