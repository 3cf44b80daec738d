package io.strider.tensor;

/**
 * How the elements of a tensor lie in memory. The logical order of the dimensions never changes: a
 * batch of images is N×C×H×W whatever its format, and only the strides differ.
 */
public enum MemoryFormat {
    /**
     * Row-major in the logical order, for any rank: the last dimension is contiguous. For a batch
     * of images the strides are (C·H·W, H·W, W, 1).
     */
    CHANNELS_FIRST,

    /**
     * For rank 4 only: memory holds N×H×W×C, so that all channels of a pixel are neighbours. The
     * strides of the logical N×C×H×W tensor are (H·W·C, 1, W·C, C).
     */
    CHANNELS_LAST
}
