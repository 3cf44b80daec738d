package io.strider.conv;

/**
 * A range of {@code size} items cut into parts of nearly equal length, cuts at multiples of {@code
 * grain} only.
 *
 * @param size items, at least 1
 * @param grain items that stay together, at least 1
 * @param parts pieces
 */
record Split(long size, long grain, long parts) {

    /** As few parts as possible of at most {@code most} items; {@code most} is at least a grain. */
    static Split of(long size, long most, long grain) {
        long grains = Math.ceilDiv(size, grain);
        return new Split(size, grain, Math.ceilDiv(grains, most / grain));
    }

    /** Index of the first item of a part. */
    long first(long part) {
        long grains = Math.ceilDiv(size, grain);
        long before = part * (grains / parts) + Math.min(part, grains % parts);
        return Math.min(size, before * grain);
    }

    /** Items of a part. */
    long count(long part) {
        return first(part + 1) - first(part);
    }

    /** Items of the largest part. */
    long most() {
        return count(0);
    }
}
