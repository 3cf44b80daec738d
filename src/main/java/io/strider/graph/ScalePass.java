package io.strider.graph;

import io.strider.conv.Activation;
import io.strider.graph.operator.BatchNormalization;
import io.strider.graph.operator.Binary;
import io.strider.graph.operator.Convolution;
import io.strider.ops.BinaryFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes what comes behind a convolution and multiplies or adds one number for each channel, as a
 * batch normalisation does, into the convolution's weights and bias, computed in double.
 */
final class ScalePass {
    private ScalePass() {}

    /** y = x · factor + shift, for each channel. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Affine(double[] factor, double[] shift) {
        static Affine identity(int channels) {
            double[] ones = new double[channels];
            Arrays.fill(ones, 1);
            return new Affine(ones, new double[channels]);
        }

        /** This and then another. */
        Affine then(Affine next) {
            double[] factors = factor.clone();
            double[] shifts = shift.clone();
            for (int i = 0; i < factors.length; i++) {
                factors[i] *= next.factor[i];
                shifts[i] = shifts[i] * next.factor[i] + next.shift[i];
            }
            return new Affine(factors, shifts);
        }

        boolean isFinite() {
            return Arrays.stream(factor).allMatch(each -> Float.isFinite((float) each))
                    && Arrays.stream(shift).allMatch(each -> Float.isFinite((float) each));
        }
    }

    static Graph apply(Graph graph) {
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            while (node != null && node.operator() instanceof Convolution convolution) {
                node = fused(node, convolution, i, rewriting);
            }
        }
        return rewriting.build();
    }

    /** The convolution with the node behind it, put in its place; null if that cannot be. */
    private static @Nullable Node fused(
            Node node, Convolution convolution, int index, Rewriting rewriting) {
        int behind = rewriting.onlyReader(node.output(0));
        Node next = behind < 0 ? null : rewriting.node(behind);
        Value weight = rewriting.constant(node.input(1));
        if (next == null
                || weight == null
                || weight.type().rank() < 3
                || !convolution.activation().equals(Activation.NONE)
                || has(node, Convolution.RESIDUAL)) {
            return null;
        }
        int channels = (int) Math.min(Integer.MAX_VALUE, weight.type().shape()[0]);
        Affine own = own(node, channels, rewriting);
        Affine after =
                next.operator() instanceof BatchNormalization normalization
                        ? normalization(next, normalization, channels, rewriting)
                        : arithmetic(node, next, channels, weight.type().rank(), rewriting);
        Affine whole = own == null || after == null ? null : own.then(after);
        if (whole == null || !whole.isFinite()) {
            return null;
        }
        List<String> inputs = new ArrayList<>(node.inputs().subList(0, 2));
        inputs.add(rewriting.addVector(node.name() + ".bias", whole.shift));
        inputs.add("");
        inputs.add(rewriting.addVector(node.name() + ".scale", whole.factor));
        Node fused = new Node(Passes.names(node, next), convolution, inputs, next.outputs());
        rewriting.remove(behind);
        rewriting.replace(index, fused);
        return fused;
    }

    static boolean has(Node node, int input) {
        return node.inputs().size() > input && !node.input(input).isEmpty();
    }

    /** Scale and bias that the convolution has already; null if they are not constant. */
    private static @Nullable Affine own(Node node, int channels, Rewriting rewriting) {
        Affine own = Affine.identity(channels);
        double[] factor =
                has(node, Convolution.SCALE)
                        ? rewriting.numbers(node.input(Convolution.SCALE))
                        : own.factor;
        double[] shift = has(node, 2) ? rewriting.numbers(node.input(2)) : own.shift;
        if (factor == null
                || shift == null
                || factor.length != channels
                || shift.length != channels) {
            return null;
        }
        return new Affine(factor, shift);
    }

    private static @Nullable Affine normalization(
            Node node, BatchNormalization operator, int channels, Rewriting rewriting) {
        return operator.training()
                ? null
                : normalization(node, operator.epsilon(), channels, rewriting);
    }

    /** What a batch normalisation with constant statistics does to each channel; or null. */
    private static @Nullable Affine normalization(
            Node node, double epsilon, int channels, Rewriting rewriting) {
        double[][] numbers = new double[4][];
        for (int i = 0; i < 4; i++) {
            double[] constant = rewriting.numbers(node.input(1 + i));
            if (constant == null || constant.length != channels) {
                return null;
            }
            numbers[i] = constant;
        }
        double[] factor = new double[channels];
        double[] shift = new double[channels];
        for (int i = 0; i < channels; i++) {
            factor[i] = numbers[0][i] / Math.sqrt(numbers[3][i] + epsilon);
            shift[i] = numbers[1][i] - numbers[2][i] * factor[i];
        }
        return new Affine(factor, shift);
    }

    /** What a sum, difference, product or quotient with a constant does; null for anything else. */
    private static @Nullable Affine arithmetic(
            Node node, Node next, int channels, int rank, Rewriting rewriting) {
        if (!(next.operator() instanceof Binary binary)) {
            return null;
        }
        BinaryFunction function = binary.function();
        boolean first = next.input(0).equals(node.output(0));
        String other = next.input(first ? 1 : 0);
        double[] numbers = perChannel(other, channels, rank, rewriting);
        if (numbers == null) {
            return null;
        }
        double[] factor = new double[channels];
        double[] shift = new double[channels];
        for (int i = 0; i < channels; i++) {
            double number = numbers[numbers.length == 1 ? 0 : i];
            factor[i] =
                    switch (function) {
                        case MULTIPLY -> number;
                        case DIVIDE -> first ? 1 / number : Double.NaN;
                        case ADD -> 1;
                        case SUBTRACT -> first ? 1 : -1;
                        default -> Double.NaN;
                    };
            shift[i] =
                    switch (function) {
                        case ADD -> number;
                        case SUBTRACT -> first ? -number : number;
                        default -> 0;
                    };
        }
        return new Affine(factor, shift);
    }

    /** A constant that has one number, or one for each channel of N×C×…; or null. */
    private static double @Nullable [] perChannel(
            String value, int channels, int rank, Rewriting rewriting) {
        Value constant = rewriting.constant(value);
        double[] numbers = rewriting.numbers(value);
        if (constant == null || numbers == null || constant.type().rank() > rank) {
            return null;
        }
        long[] shape = constant.type().shape();
        for (int dim = 0; dim < shape.length; dim++) {
            boolean isChannels = dim + rank - shape.length == 1;
            if (shape[dim] != 1 && !(isChannels && shape[dim] == channels)) {
                return null;
            }
        }
        return numbers;
    }

    /**
     * The factor and shift of each channel of a batch normalisation; null if they are not constant.
     */
    static double @Nullable [][] factorAndShift(
            Node node, BatchNormalization operator, Rewriting rewriting) {
        double[] scale = rewriting.numbers(node.input(1));
        Affine affine =
                scale == null ? null : normalization(node, operator, scale.length, rewriting);
        return affine == null || !affine.isFinite()
                ? null
                : new double[][] {affine.factor, affine.shift};
    }
}
