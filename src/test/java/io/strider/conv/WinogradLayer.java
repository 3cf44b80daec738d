package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A Winograd layer of the tests, drawn from a seed: operands that are views, and what is true. */
final class WinogradLayer {
    /** Where a tensor can lie: channels last, alone or in a larger one. */
    private static final FramedTensor.Kind[] KINDS = {
        FramedTensor.Kind.HALF_OF_CHANNELS_LAST, FramedTensor.Kind.INSIDE_OF_CHANNELS_LAST
    };

    private static final Activation[] ACTIVATIONS = {
        Activation.NONE,
        Activation.RELU,
        Activation.RELU6,
        Activation.clamp(-0.5f, 0.75f),
        Activation.SILU,
        Activation.HARD_SWISH
    };

    final WinogradTile tile;
    final Conv2dGeometry geometry;
    final Activation activation;
    final Operands operands;
    final Tensor x;
    final Tensor weight;
    final @Nullable Tensor bias;
    final @Nullable FramedTensor residual;
    private final double @Nullable [] residualValues;
    private final String name;
    private final Arena arena;
    private final Random random;

    WinogradLayer(Arena arena, WinogradTile tile, Conv2dGeometry geometry, long seed) {
        this.arena = arena;
        this.tile = tile;
        this.geometry = geometry;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        operands = Operands.normals(geometry, seed);
        activation = ACTIVATIONS[random.nextInt(ACTIVATIONS.length)];
        x = framed(operands.x(), geometry.inputShape()).view();
        FramedTensor.Kind[] kinds = FramedTensor.Kind.values();
        weight =
                FramedTensor.holding(
                                arena,
                                kinds[random.nextInt(kinds.length)],
                                random,
                                operands.w(),
                                geometry.weightShape())
                        .view();
        bias =
                random.nextBoolean()
                        ? FramedTensor.holding(
                                        arena,
                                        FramedTensor.Kind.STEPPED,
                                        random,
                                        operands.b(),
                                        geometry.outChannels())
                                .view()
                        : null;
        if (random.nextBoolean()) {
            residual = framed(operands.gy(), geometry.outputShape());
            residualValues = ErrorBound.doubles(operands.gy());
        } else {
            residual = null;
            residualValues = null;
        }
        name =
                "seed %d: %s, %s, %s, %s bias, %s residual"
                        .formatted(
                                seed,
                                tile,
                                geometry,
                                activation,
                                bias == null ? "no" : "with",
                                residual == null ? "no" : "with");
    }

    /** Sizes at and around those of tiles, vectors and groups of channels. */
    static Conv2dGeometry randomGeometry(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int[] channels = {1, 2, 3, 8, 15, 16, 17, 32, 40, 48};
        int[] outputs = {1, 3, 16, 17, 24, 40, 64, 130};
        int top = random.nextInt(3);
        int bottom = random.nextInt(3);
        int left = random.nextInt(3);
        int right = random.nextInt(3);
        if (random.nextInt(10) == 0) {
            top += 4; // whole tiles in the padding
            right += 7;
        }
        int height = random.nextInt(Math.max(1, 3 - top - bottom), 15);
        int width = random.nextInt(Math.max(1, 3 - left - right), 15);
        int batch = random.nextInt(12) == 0 ? 0 : random.nextInt(2) * 2 + 1;
        return Conv2dGeometry.builder()
                .input(batch, channels[random.nextInt(channels.length)], height, width)
                .kernel(outputs[random.nextInt(outputs.length)], 3, 3)
                .padding(Padding.of(top, left, bottom, right))
                .build();
    }

    private FramedTensor framed(float[] values, long... shape) {
        return FramedTensor.holding(
                arena, KINDS[random.nextInt(KINDS.length)], random, values, shape);
    }

    /** A place for y, full of NaN. */
    FramedTensor y() {
        return FramedTensor.of(
                arena, KINDS[random.nextInt(KINDS.length)], random, geometry.outputShape());
    }

    Winograd prepare(WinogradTransforms transforms, Blas blas) {
        return Winograd.prepare(
                tile,
                geometry,
                transforms,
                new Filters(weight, null),
                bias,
                activation,
                blas,
                arena);
    }

    /** Scratch that is not a byte larger than asked for, full of NaN. */
    static MemorySegment scratch(Arena arena, PreparedAlgorithm algorithm) {
        return arena.allocate(algorithm.scratchBytes(), 64).fill((byte) -1);
    }

    @Nullable Tensor residualView() {
        return residual == null ? null : residual.view();
    }

    /** The sums before the activation. */
    double[] sums() {
        double[] sums =
                new NaiveConvolution(geometry)
                        .forward(
                                ErrorBound.doubles(operands.x()),
                                ErrorBound.doubles(operands.w()),
                                ErrorBound.doubles(bias == null ? new float[0] : operands.b()));
        for (int at = 0; at < sums.length && residualValues != null; at++) {
            sums[at] += residualValues[at];
        }
        return sums;
    }

    /** The true result. */
    double[] expected() {
        double[] sums = sums();
        for (int at = 0; at < sums.length; at++) {
            sums[at] = activate(sums[at]);
        }
        return sums;
    }

    private double activate(double v) {
        return switch (activation) {
            case Activation.Clamp(float low, float high) -> Math.min(Math.max(v, low), high);
            case Activation.Smooth.SILU -> v / (1 + Math.exp(-v));
            case Activation.Smooth.HARD_SWISH -> v * Math.min(Math.max(v + 3, 0), 6) / 6;
        };
    }

    /**
     * M of {@link WinogradBound} for every output, times what the activation can make of an error
     * (the slope of hard-swish is 3/2 at 3, that of SiLU 1.1 at most; both round a few times).
     */
    double[] magnitudes() {
        double[] magnitudes =
                WinogradBound.magnitudes(
                        tile,
                        geometry,
                        ErrorBound.doubles(operands.x()),
                        ErrorBound.doubles(operands.w()));
        int positions = (int) geometry.positions();
        double slope = activation instanceof Activation.Clamp ? 1 : 1.6;
        for (int at = 0; at < magnitudes.length; at++) {
            if (bias != null) {
                int channel = (int) (at / positions % geometry.outChannels());
                magnitudes[at] += Math.abs(operands.b()[channel]);
            }
            if (residualValues != null) {
                magnitudes[at] += Math.abs(residualValues[at]);
            }
            magnitudes[at] *= slope;
        }
        return magnitudes;
    }

    @Override
    public String toString() {
        return name;
    }
}
