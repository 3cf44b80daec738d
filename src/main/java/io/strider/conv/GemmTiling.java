package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * How one call's operands become matrices: what GEMM can read and write where it lies, what must go
 * through scratch, and how many positions a tile holds.
 *
 * <p>The image is x or its gradient, the outputs are y or its gradient, the weights w or its
 * gradient; whichever is written is written by the {@code write…} and {@code add…} methods.
 */
final class GemmTiling {
    /** Floats of patches in a tile: 1 MiB, which the second-level cache holds. */
    private static final long TILE_FLOATS = 256 << 10;

    /**
     * Positions that a tile should have all the same where sums are long, as GEMM packs the weights
     * anew for every tile: below some 200 that shows.
     */
    private static final long ENOUGH_POSITIONS = 256;

    /** But never more floats than this: 4 MiB. */
    private static final long MOST_FLOATS = 1 << 20;

    private static final long ALIGNMENT = 16; // floats in a cache line

    private final Conv2dGeometry geometry;
    private final Tensor image;
    private final Tensor weights;
    private final Tensor outputs;

    private final PatchTile patchTile;
    private final PatchTile outputTile;
    private final boolean imageInPlace;
    private final boolean outputsInPlace;
    private final boolean weightsInPlace;

    /** Positions that one matrix spans: the whole batch, or one image. */
    private final long span;

    private final long tilePositions;

    GemmTiling(Conv2dGeometry geometry, Tensor image, Tensor weights, Tensor outputs) {
        this.geometry = geometry;
        this.image = image;
        this.weights = weights;
        this.outputs = outputs;
        this.patchTile = PatchTile.of(geometry, image);
        this.outputTile = new PatchColumns(identity(geometry));

        long batch = geometry.batch();
        this.imageInPlace = geometry.isPointwise() && imageMatrix(0, 1) != null;
        this.outputsInPlace = outputMatrix(0, 1) != null;
        this.weightsInPlace =
                Matrix.ofWeights(weights, 0, geometry.outChannelsPerGroup(), patchTile.order())
                        != null;
        boolean batchIsOneMatrix =
                batch * geometry.positions() <= Integer.MAX_VALUE
                        && (!imageInPlace || imageMatrix(0, batch) != null)
                        && (!outputsInPlace || outputMatrix(0, batch) != null);
        this.span = batchIsOneMatrix ? batch * geometry.positions() : geometry.positions();
        this.tilePositions = tilePositions();
    }

    /** The outputs as a picture of their own: gathering it is im2col of a 1×1 window. */
    private static Conv2dGeometry identity(Conv2dGeometry geometry) {
        return Conv2dGeometry.builder()
                .input(
                        geometry.batch(),
                        geometry.outChannels(),
                        geometry.outHeight(),
                        geometry.outWidth())
                .kernel(geometry.outChannels(), 1, 1)
                .groups(geometry.groups())
                .build();
    }

    private @org.jspecify.annotations.Nullable Matrix imageMatrix(long n, long images) {
        return Matrix.ofActivations(image, n, images, 0, geometry.inChannelsPerGroup());
    }

    private @org.jspecify.annotations.Nullable Matrix outputMatrix(long n, long images) {
        return Matrix.ofActivations(outputs, n, images, 0, geometry.outChannelsPerGroup());
    }

    private long tilePositions() {
        long floats =
                (imageInPlace ? 0 : geometry.productsPerOutput())
                        + (outputsInPlace ? 0 : geometry.outChannelsPerGroup());
        if (floats == 0) {
            return Math.max(1, span);
        }
        long enough = Math.min(ENOUGH_POSITIONS, MOST_FLOATS / floats);
        long most = Math.clamp(Math.max(TILE_FLOATS / floats, enough), 1, Math.max(1, span));
        long tiles = Math.ceilDiv(Math.max(1, span), most);
        long even = Math.ceilDiv(Math.max(1, span), tiles); // no small tile at the end
        return Math.min(most, Math.ceilDiv(even, ALIGNMENT) * ALIGNMENT);
    }

    /** Positions of the whole batch. */
    long positions() {
        return geometry.batch() * geometry.positions();
    }

    /** The first position of the tile behind the one that begins at {@code first}. */
    long next(long first) {
        return first + count(first);
    }

    private long count(long first) {
        return Math.min(tilePositions, span - first % span);
    }

    private long patchFloats() {
        return imageInPlace ? 0 : align(geometry.productsPerOutput() * tilePositions);
    }

    private long outputFloats() {
        return outputsInPlace ? 0 : align(geometry.outChannelsPerGroup() * tilePositions);
    }

    private long weightFloats() {
        return weightsInPlace ? 0 : geometry.outChannelsPerGroup() * geometry.productsPerOutput();
    }

    private static long align(long floats) {
        return Math.ceilDiv(floats, ALIGNMENT) * ALIGNMENT;
    }

    /** Scratch that {@link #operands} needs. */
    long scratchBytes() {
        return (patchFloats() + outputFloats() + weightFloats()) * Float.BYTES;
    }

    /** The operands with scratch to work in. */
    Operands operands(MemorySegment scratch) {
        return new Operands(scratch);
    }

    /** Tiles of the operands as matrices, in place or in scratch. */
    final class Operands {
        private final MemorySegment scratch;
        private final long patchesAt = 0;
        private final long outputsAt = patchFloats();
        private final long weightsAt = outputsAt + outputFloats();

        private Operands(MemorySegment scratch) {
            this.scratch = scratch;
        }

        /** Must come first where the image is written: what is added later starts from zero. */
        void clearImage() {
            if (!imageInPlace) {
                image.fill(0);
            }
        }

        /** Must come first where the outputs are written. */
        void clearOutputs() {
            if (!outputsInPlace) {
                outputs.fill(0);
            }
        }

        Matrix readPatches(long group, long first) {
            return imageInPlace
                    ? inPlace(image, group * geometry.inChannelsPerGroup(), first)
                    : patchTile.pack(
                            image,
                            group * geometry.inChannelsPerGroup(),
                            first,
                            count(first),
                            scratch,
                            patchesAt);
        }

        Matrix patches(long group, long first) {
            return imageInPlace
                    ? inPlace(image, group * geometry.inChannelsPerGroup(), first)
                    : patchTile.matrix(count(first), scratch, patchesAt);
        }

        void addPatches(long group, long first) {
            if (!imageInPlace) {
                patchTile.addTo(
                        image,
                        group * geometry.inChannelsPerGroup(),
                        first,
                        count(first),
                        scratch,
                        patchesAt);
            }
        }

        Matrix readOutputs(long group, long first) {
            return outputsInPlace
                    ? inPlace(outputs, group * geometry.outChannelsPerGroup(), first)
                    : outputTile.pack(
                            outputs,
                            group * geometry.outChannelsPerGroup(),
                            first,
                            count(first),
                            scratch,
                            outputsAt);
        }

        Matrix outputs(long group, long first) {
            return outputsInPlace
                    ? inPlace(outputs, group * geometry.outChannelsPerGroup(), first)
                    : outputTile.matrix(count(first), scratch, outputsAt);
        }

        void writeOutputs(long group, long first) {
            if (!outputsInPlace) {
                outputTile.addTo(
                        outputs,
                        group * geometry.outChannelsPerGroup(),
                        first,
                        count(first),
                        scratch,
                        outputsAt);
            }
        }

        Matrix readWeights(long group) {
            if (!weightsInPlace) {
                scratchWeights().copyFrom(weightsOf(group));
            }
            return weights(group);
        }

        Matrix weights(long group) {
            Tensor held = weightsInPlace ? weightsOf(group) : scratchWeights();
            return java.util.Objects.requireNonNull(
                    Matrix.ofWeights(held, 0, held.size(0), patchTile.order()));
        }

        void writeWeights(long group) {
            if (!weightsInPlace) {
                weightsOf(group).copyFrom(scratchWeights());
            }
        }

        private Tensor weightsOf(long group) {
            long outputs = geometry.outChannelsPerGroup();
            return weights.slice(0, group * outputs, (group + 1) * outputs);
        }

        /** One group's weights in scratch, O×C×kh×kw in the tile's tap order. */
        private Tensor scratchWeights() {
            long outputs = geometry.outChannelsPerGroup();
            long channels = geometry.inChannelsPerGroup();
            long rows = geometry.kernelHeight();
            long columns = geometry.kernelWidth();
            MemorySegment memory =
                    scratch.asSlice(weightsAt * Float.BYTES, weightFloats() * Float.BYTES);
            return switch (patchTile.order()) {
                case CHANNELS_FIRST -> Tensor.wrap(memory, outputs, channels, rows, columns);
                case CHANNELS_LAST ->
                        Tensor.wrap(memory, outputs, rows, columns, channels).permute(0, 3, 1, 2);
            };
        }

        private Matrix inPlace(Tensor tensor, long firstChannel, long first) {
            long channels =
                    tensor == image
                            ? geometry.inChannelsPerGroup()
                            : geometry.outChannelsPerGroup();
            long images = span / geometry.positions();
            long n = first / span * images;
            Matrix whole =
                    java.util.Objects.requireNonNull(
                            Matrix.ofActivations(tensor, n, images, firstChannel, channels));
            return whole.columns(first % span, count(first));
        }
    }
}
