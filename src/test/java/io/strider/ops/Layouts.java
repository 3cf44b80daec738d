package io.strider.ops;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Tensors that lie in memory in one of the ways in which kernels meet them. */
public final class Layouts {
    private static final float CANARY = -7777.5f;

    private final Tensor whole;
    private final Tensor view;

    private Layouts(Tensor whole, Tensor view) {
        this.whole = whole;
        this.view = view;
    }

    /**
     * A tensor of NaN with canaries around it.
     *
     * @param kind 0 row-major, 1 channels-last (at rank 4, otherwise row-major), 2 a slice of the
     *     channels of a larger one of these, 3 any order, margins and steps
     */
    public static Layouts of(Arena arena, int kind, Random random, long... shape) {
        int rank = shape.length;
        if (kind == 0 || rank == 0) {
            Tensor plain = Tensor.zeros(arena, shape);
            return new Layouts(plain, plain);
        }
        if (kind <= 2) {
            long[] larger = shape.clone();
            int channel = rank == 4 ? 1 : rank - 1;
            larger[channel] += kind == 2 ? 5 : 0;
            Tensor whole =
                    rank == 4
                            ? Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, larger)
                            : Tensor.zeros(arena, larger);
            long from = kind == 2 ? 2 : 0;
            return filled(whole, whole.slice(channel, from, from + shape[channel]));
        }
        List<Integer> order = new ArrayList<>();
        for (int dim = 0; dim < rank; dim++) {
            order.add(dim);
        }
        Collections.shuffle(order, random);
        long[] stored = new long[rank];
        int[] back = new int[rank];
        long[] margin = new long[rank];
        long[] step = new long[rank];
        for (int place = 0; place < rank; place++) {
            int dim = order.get(place);
            margin[dim] = random.nextInt(3);
            step[dim] = 1 + random.nextInt(2);
            stored[place] = margin[dim] + shape[dim] * step[dim] + random.nextInt(2);
            back[dim] = place;
        }
        Tensor whole = Tensor.zeros(arena, stored);
        Tensor view = whole.permute(back);
        for (int dim = 0; dim < rank; dim++) {
            view = view.slice(dim, margin[dim], margin[dim] + shape[dim] * step[dim], step[dim]);
        }
        return filled(whole, view);
    }

    private static Layouts filled(Tensor whole, Tensor view) {
        whole.fill(CANARY);
        view.fill(Float.NaN);
        return new Layouts(whole, view);
    }

    /** The tensor. */
    public Tensor view() {
        return view;
    }

    /** Whether nobody wrote around the view; its own values are lost. */
    public boolean isFrameUntouched() {
        view.fill(CANARY);
        for (float value : whole.toArray()) {
            if (value != CANARY) {
                return false;
            }
        }
        return true;
    }
}
