package io.strider.embedding;

/** What a network's input channels are. */
public enum ChannelOrder {
    /** Red, green, blue. */
    RGB(3),

    /** Blue, green, red: networks from Caffe and OpenCV. */
    BGR(3),

    /**
     * One channel, (19595·R + 38470·G + 7471·B + 32768) / 65536 cut off: the luma of ITU-R 601, as
     * Pillow's {@code convert("L")}. Computed after resizing.
     */
    GRAY(1);

    private final int channels;

    ChannelOrder(int channels) {
        this.channels = channels;
    }

    /** The number of channels, 3 or 1. */
    public int channels() {
        return channels;
    }

    /** Which of red, green and blue a channel is; not for GRAY, which is all of them. */
    int source(int channel) {
        return this == BGR ? 2 - channel : channel;
    }

    static int luma(int red, int green, int blue) {
        return (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16;
    }
}
