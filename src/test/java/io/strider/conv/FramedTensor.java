package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A tensor that is a view into a larger one: its dimensions in another order in memory, with steps
 * and margins. Everything around it is full of canaries, so that a stray write shows.
 */
final class FramedTensor {
    private static final float CANARY = -7777.5f;

    private final Tensor whole;
    private final Tensor view;

    private FramedTensor(Tensor whole, Tensor view) {
        this.whole = whole;
        this.view = view;
    }

    /** The ways in which a view can lie in memory. */
    enum Kind {
        /** Row-major, nothing around it. */
        PLAIN,
        /** The last dimension outermost, the first innermost. */
        REVERSED,
        /** Every second element of every dimension. */
        STEPPED,
        /** The second half of the channels of a row-major tensor. */
        HALF_OF_CHANNELS_FIRST,
        /** The second half of the channels of a channels-last tensor. */
        HALF_OF_CHANNELS_LAST,
        /** The inside of a larger channels-first picture. */
        INSIDE_OF_CHANNELS_FIRST,
        /** The inside of a larger channels-last picture. */
        INSIDE_OF_CHANNELS_LAST,
        /** Any order, any margins, any steps. */
        RANDOM
    }

    /** A view of rank 4 (of rank 1, whatever the kind says about one dimension) full of NaN. */
    static FramedTensor of(Arena arena, Kind kind, Random random, long... shape) {
        int rank = shape.length;
        int[] order = IntStream.range(0, rank).toArray();
        long[] before = new long[rank];
        long[] after = new long[rank];
        long[] step = new long[rank];
        Arrays.fill(step, 1);
        switch (kind) {
            case PLAIN -> {}
            case REVERSED -> reverse(order);
            case STEPPED -> Arrays.fill(step, 2);
            case HALF_OF_CHANNELS_FIRST -> before[rank > 1 ? 1 : 0] = shape[rank > 1 ? 1 : 0];
            case HALF_OF_CHANNELS_LAST -> {
                before[rank > 1 ? 1 : 0] = shape[rank > 1 ? 1 : 0];
                channelsLast(order);
            }
            case INSIDE_OF_CHANNELS_FIRST -> frame(before, after);
            case INSIDE_OF_CHANNELS_LAST -> {
                frame(before, after);
                channelsLast(order);
            }
            case RANDOM -> {
                for (int dim = 0; dim < rank; dim++) {
                    before[dim] = random.nextInt(3);
                    after[dim] = random.nextInt(3);
                    step[dim] = random.nextInt(1, 3);
                    int other = random.nextInt(dim, rank);
                    int kept = order[dim];
                    order[dim] = order[other];
                    order[other] = kept;
                }
            }
        }
        return of(arena, order, before, after, step, shape);
    }

    private static void reverse(int[] order) {
        for (int dim = 0; dim < order.length; dim++) {
            order[dim] = order.length - 1 - dim;
        }
    }

    private static void channelsLast(int[] order) {
        if (order.length == 4) {
            System.arraycopy(new int[] {0, 2, 3, 1}, 0, order, 0, 4);
        }
    }

    private static void frame(long[] before, long[] after) {
        for (int dim = before.length - 2; dim < before.length; dim++) {
            before[Math.max(0, dim)] = 2;
            after[Math.max(0, dim)] = 1;
        }
    }

    private static FramedTensor of(
            Arena arena, int[] order, long[] before, long[] after, long[] step, long[] shape) {
        int rank = shape.length;
        long[] stored = new long[rank];
        int[] back = new int[rank];
        for (int dim = 0; dim < rank; dim++) {
            int logical = order[dim];
            stored[dim] = before[logical] + shape[logical] * step[logical] + after[logical];
            back[logical] = dim;
        }
        Tensor whole = Tensor.zeros(arena, stored);
        whole.fill(CANARY);
        Tensor view = whole.permute(back);
        for (int dim = 0; dim < rank; dim++) {
            long end = before[dim] + shape[dim] * step[dim];
            view = view.slice(dim, before[dim], end, step[dim]);
        }
        assertThat(view.shape()).isEqualTo(shape);
        view.fill(Float.NaN);
        return new FramedTensor(whole, view);
    }

    /** The same, holding these values in logical order. */
    static FramedTensor holding(
            Arena arena, Kind kind, Random random, float[] values, long... shape) {
        FramedTensor framed = of(arena, kind, random, shape);
        framed.view.copyFrom(Tensor.of(arena, values, shape));
        return framed;
    }

    Tensor view() {
        return view;
    }

    /** Nobody wrote around the view; its own values are lost. */
    void assertFrameUntouched(String what) {
        view.fill(CANARY);
        float[] values = whole.toArray();
        for (int at = 0; at < values.length; at++) {
            if (values[at] != CANARY) {
                assertThat(values[at]).as("%s: canary %d of %s", what, at, whole).isEqualTo(CANARY);
            }
        }
    }
}
