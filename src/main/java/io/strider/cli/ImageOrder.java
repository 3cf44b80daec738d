package io.strider.cli;

import io.strider.tensor.MemoryFormat;
import java.util.Locale;

/** Memory formats by the names that people type. */
enum ImageOrder {
    /** Image, channel, row, column. */
    NCHW(MemoryFormat.CHANNELS_FIRST),
    /** Image, row, column, channel. */
    NHWC(MemoryFormat.CHANNELS_LAST);

    final MemoryFormat format;

    ImageOrder(MemoryFormat format) {
        this.format = format;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
