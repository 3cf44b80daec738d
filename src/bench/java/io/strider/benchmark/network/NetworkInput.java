package io.strider.benchmark.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * An input of a network.
 *
 * @param name the model's name for it
 * @param kind what its elements are
 * @param shape its sizes; {@value #FREE} where the model leaves one open
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares the elements
record NetworkInput(String name, Kind kind, long... shape) {
    static final long FREE = -1;

    private static final int PICTURE_RANK = 4;
    private static final long PICTURE_CHANNELS = 3;
    private static final long PICTURE_SIZE = 224;

    /** Half the width of a uniform distribution of variance 1. */
    private static final float HALF_WIDTH = (float) Math.sqrt(3);

    /** Element types that there is data for. */
    enum Kind {
        FLOAT(Float.BYTES),
        LONG(Long.BYTES);

        private final int bytes;

        Kind(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * With every size decided: the first is the batch, a picture of free size is 224×224 in three
     * channels.
     */
    NetworkInput withBatch(int batch) throws UnfitNetworkException {
        long[] sizes = shape.clone();
        for (int dim = 0; dim < sizes.length; dim++) {
            if (dim == 0 && sizes[0] != FREE && sizes[0] != batch) {
                throw new UnfitNetworkException(
                        "input \"%s\": the network's batch is %d (asked for: %d)"
                                .formatted(name, sizes[0], batch));
            }
            if (sizes[dim] == FREE) {
                if (dim > 0 && sizes.length != PICTURE_RANK) {
                    throw new UnfitNetworkException(
                            "input \"%s\": %s (expected: free sizes only of the batch or a picture)"
                                    .formatted(name, Arrays.toString(shape).replace("-1", "?")));
                }
                sizes[dim] = dim == 0 ? batch : dim == 1 ? PICTURE_CHANNELS : PICTURE_SIZE;
            }
        }
        return new NetworkInput(name, kind, sizes);
    }

    long elements() {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    /**
     * Elements for it, the same in every process: floats of mean 0 and variance 1, whole numbers
     * that are all 1. Made by the cheapest generator that serves, as a process that has just begun
     * pays for it.
     */
    ByteBuffer data() {
        int count = Math.toIntExact(elements());
        ByteBuffer data =
                ByteBuffer.allocateDirect(Math.multiplyExact(count, kind.bytes))
                        .order(ByteOrder.nativeOrder());
        switch (kind) {
            case FLOAT -> {
                float[] values = new float[count];
                int state = 1;
                for (int i = 0; i < count; i++) {
                    // Numerical Recipes' linear congruential generator; its upper bits are good.
                    state = state * 1_664_525 + 1_013_904_223;
                    values[i] = (state >> 8) * (HALF_WIDTH / (1 << 23));
                }
                data.asFloatBuffer().put(values);
            }
            case LONG -> {
                long[] values = new long[count];
                Arrays.fill(values, 1);
                data.asLongBuffer().put(values);
            }
        }
        return data;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NetworkInput that
                && name.equals(that.name)
                && kind == that.kind
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, kind, Arrays.hashCode(shape));
    }
}
