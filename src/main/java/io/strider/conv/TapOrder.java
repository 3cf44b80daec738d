package io.strider.conv;

/** In which order the products of one output follow each other in a matrix of patches. */
enum TapOrder {
    /** channel, row, column: the order of OIHW weights. */
    CHANNELS_FIRST,
    /** row, column, channel: the order of weights in channels-last memory format. */
    CHANNELS_LAST
}
