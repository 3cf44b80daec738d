package io.strider.conv;

import io.strider.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How the operands of one call become matrices: what GEMM can take where it lies, what goes through
 * scratch, and how many positions a tile holds. It depends on sizes and strides alone.
 *
 * <p>The image is x or its gradient, the outputs are y or its gradient, the weights w or its
 * gradient. Scratch holds, one behind the other, a tile of patches, a tile of outputs and one
 * group's weights, each only if it is needed.
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

    private static final long CACHE_LINE = 16; // floats

    final PatchTile patchTile;
    final PatchTile outputTile;
    final boolean imageInPlace;
    final boolean outputsInPlace;
    final boolean weightsInPlace;

    /** Products × positions. */
    final MatrixLayout patches;

    /** Output channels × positions. */
    final MatrixLayout outputs;

    /** Output channels × products. */
    final MatrixLayout weights;

    /** Where in scratch the tile of outputs begins; the patches begin at 0. */
    final long outputsAt;

    /** Where in scratch the weights begin. */
    final long weightsAt;

    /** Bytes of scratch. */
    final long scratchBytes;

    /** Positions of the whole batch. */
    final long positions;

    /** Images that one matrix in place spans: the whole batch, or one. */
    private final long images;

    /** Their positions. */
    private final long span;

    private final long tilePositions;

    /**
     * Tells the layouts.
     *
     * @param interleaved whether the address ranges of some operands meet. BLAS then takes a
     *     written operand for overlapping unless equal leading dimensions show that the rows pass
     *     each other, so what it would refuse goes through scratch.
     */
    GemmTiling(
            Conv2dGeometry geometry,
            Tensor image,
            Tensor weight,
            Tensor output,
            boolean interleaved) {
        long batch = geometry.batch();
        long inputChannels = geometry.inChannelsPerGroup();
        long outputChannels = geometry.outChannelsPerGroup();
        long products = geometry.productsPerOutput();
        positions = batch * geometry.positions();

        boolean pointwise = geometry.isPointwise();
        MatrixLayout imageAlone = inPlace(pointwise, image, 1, inputChannels);
        MatrixLayout outputsAlone = inPlace(true, output, 1, outputChannels);
        MatrixLayout imageTogether = inPlace(pointwise, image, batch, inputChannels);
        MatrixLayout outputsTogether = inPlace(true, output, batch, outputChannels);
        boolean together =
                batch > 1
                        && positions <= Integer.MAX_VALUE
                        && (imageAlone == null || imageTogether != null)
                        && (outputsAlone == null || outputsTogether != null);
        MatrixLayout imageHere = together ? imageTogether : imageAlone;
        MatrixLayout outputsHere = together ? outputsTogether : outputsAlone;
        if (interleaved
                && imageHere != null
                && outputsHere != null
                && imageHere.leading() != outputsHere.leading()) {
            outputsHere = null;
        }
        images = together ? batch : 1;
        span = images * geometry.positions();

        imageInPlace = imageHere != null;
        outputsInPlace = outputsHere != null;
        long patchColumn = imageInPlace ? 0 : products;
        long outputColumn = outputsInPlace ? 0 : outputChannels;
        tilePositions = tilePositions(span, patchColumn + outputColumn);
        patchTile = PatchTile.of(geometry, image, tilePositions);
        outputTile = new PatchColumns(geometry.ofOutputs(), tilePositions);

        MatrixLayout weightsHere =
                interleaved
                        ? null
                        : MatrixLayout.ofWeights(weight, outputChannels, patchTile.order());
        weightsInPlace = weightsHere != null;
        patches = imageHere != null ? imageHere : patchTile.layout();
        outputs = outputsHere != null ? outputsHere : outputTile.layout();
        weights = weightsHere != null ? weightsHere : new MatrixLayout(products, false);

        outputsAt = align(patchColumn * tilePositions);
        weightsAt = outputsAt + align(outputColumn * tilePositions);
        scratchBytes = (weightsAt + (weightsInPlace ? 0 : outputChannels * products)) * Float.BYTES;
    }

    private static @Nullable MatrixLayout inPlace(
            boolean possible, Tensor activations, long images, long channels) {
        return possible ? MatrixLayout.ofActivations(activations, images, channels) : null;
    }

    /** Positions of a tile that takes {@code column} floats of scratch for each. */
    private static long tilePositions(long span, long column) {
        if (column == 0) {
            return span;
        }
        long enough = Math.min(ENOUGH_POSITIONS, MOST_FLOATS / column);
        long most = Math.clamp(Math.max(TILE_FLOATS / column, enough), 1, span);
        long tiles = Math.ceilDiv(span, most);
        return Math.min(most, align(Math.ceilDiv(span, tiles))); // no small tile at the end
    }

    private static long align(long floats) {
        return Math.ceilDiv(floats, CACHE_LINE) * CACHE_LINE;
    }

    /** Positions of the tile that begins at {@code first}. */
    long count(long first) {
        return Math.min(tilePositions, span - first % span);
    }

    /**
     * Index of the element of an activation tensor in place that is the first of the given channel
     * and position; {@code layout} is its matrix.
     */
    long inPlaceAt(Tensor activations, MatrixLayout layout, long channel, long position) {
        return activations.offset()
                + position / span * images * activations.stride(0)
                + channel * activations.stride(1)
                + layout.at(0, position % span);
    }
}
