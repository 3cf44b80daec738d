package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A tile of the matrix of patches: all products of one group for a run of output positions. Packing
 * is im2col, adding is its adjoint col2im; both walk the tile in the same order.
 *
 * <p>Positions count over the whole batch, image by image and row by row: position (n, p, q) is
 * (n·outHeight + p)·outWidth + q.
 */
interface PatchTile {

    /** The order of a position's products. */
    TapOrder order();

    /** How the tile lies, as a products × positions matrix. */
    MatrixLayout layout();

    /**
     * Copies the patches of {@code x} under {@code count} positions from {@code first} on into the
     * tile that begins at index {@code offset} of {@code tile}; zeros for the padding.
     */
    void pack(Tensor x, long firstChannel, long first, long count, MemorySegment tile, long offset);

    /** Adds the tile back to the elements of {@code gx} that it stands for. */
    void addTo(
            Tensor gx, long firstChannel, long first, long count, MemorySegment tile, long offset);

    /** The tile of at most {@code positions} positions that suits the strides of {@code image}. */
    static PatchTile of(Conv2dGeometry geometry, Tensor image, long positions) {
        boolean channelsTogether = image.stride(1) == 1 && geometry.inChannelsPerGroup() > 1;
        return channelsTogether ? new PatchRows(geometry) : new PatchColumns(geometry, positions);
    }
}
