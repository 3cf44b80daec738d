package io.strider.tensor;

import static io.strider.tensor.Positions.inserted;
import static io.strider.tensor.Positions.with;
import static io.strider.tensor.Positions.without;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorViewTest {
    @Test
    void chainsOfRandomViewsReachTheElementsOfTheModel() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                long[] shape = Positions.randomShape(random, random.nextInt(6), 5);
                Tensor tensor = Positions.numbered(arena, shape);
                Positions model = Positions.rowMajor(shape);
                StringBuilder story =
                        new StringBuilder("seed " + seed + ", " + Arrays.toString(shape));
                for (int step = 0; step < 4; step++) {
                    Viewed next = randomView(random, tensor, model);
                    tensor = next.tensor;
                    model = next.model;
                    story.append(next.what);
                    if (model.positions().length > 4000) {
                        break;
                    }
                }
                model.assertDescribes(tensor, story.toString());
            }
        }
    }

    private record Viewed(Tensor tensor, Positions model, String what) {}

    private static Viewed randomView(Random random, Tensor tensor, Positions model) {
        long[] shape = model.shape();
        int rank = shape.length;
        int kind = random.nextInt(8);
        int dim = rank == 0 ? 0 : random.nextInt(rank);
        if (rank == 0 || kind == 4) {
            if (rank == 8) {
                return new Viewed(tensor, model, "");
            }
            int at = random.nextInt(rank + 1);
            return new Viewed(
                    tensor.unsqueeze(at),
                    model.view(inserted(shape, at, 1), index -> without(index, at)),
                    ".unsqueeze(" + at + ")");
        }
        return switch (kind) {
            case 0 -> slice(random, tensor, model, dim);
            case 1 -> {
                if (shape[dim] == 0) {
                    yield new Viewed(tensor, model, "");
                }
                long at = random.nextInt((int) shape[dim]);
                yield new Viewed(
                        tensor.select(dim, at),
                        model.view(without(shape, dim), index -> inserted(index, dim, at)),
                        ".select(" + dim + "," + at + ")");
            }
            case 2 -> {
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < rank; i++) {
                    order.add(i);
                }
                Collections.shuffle(order, random);
                int[] dims = order.stream().mapToInt(i -> i).toArray();
                long[] sizes = new long[rank];
                Arrays.setAll(sizes, i -> shape[dims[i]]);
                yield new Viewed(
                        tensor.permute(dims),
                        model.view(
                                sizes,
                                index -> {
                                    long[] old = new long[rank];
                                    for (int i = 0; i < rank; i++) {
                                        old[dims[i]] = index[i];
                                    }
                                    return old;
                                }),
                        ".permute" + order);
            }
            case 3 -> {
                int other = random.nextInt(rank);
                long[] sizes = with(with(shape, dim, shape[other]), other, shape[dim]);
                yield new Viewed(
                        tensor.transpose(dim, other),
                        model.view(
                                sizes,
                                index -> with(with(index, dim, index[other]), other, index[dim])),
                        ".transpose(" + dim + "," + other + ")");
            }
            case 5 -> {
                if (shape[dim] != 1) {
                    yield new Viewed(tensor, model, "");
                }
                yield new Viewed(
                        tensor.squeeze(dim),
                        model.view(without(shape, dim), index -> inserted(index, dim, 0)),
                        ".squeeze(" + dim + ")");
            }
            case 6 -> expand(random, tensor, model);
            default -> unfold(random, tensor, model, dim);
        };
    }

    private static Viewed slice(Random random, Tensor tensor, Positions model, int dim) {
        long[] shape = model.shape();
        long from = random.nextInt((int) shape[dim] + 1);
        long to = from + random.nextInt((int) (shape[dim] - from) + 1);
        long step = 1 + random.nextInt(3);
        long size = 0;
        for (long i = from; i < to; i += step) {
            size++;
        }
        return new Viewed(
                step == 1 ? tensor.slice(dim, from, to) : tensor.slice(dim, from, to, step),
                model.view(
                        with(shape, dim, size),
                        index -> with(index, dim, from + index[dim] * step)),
                ".slice(" + dim + "," + from + "," + to + "," + step + ")");
    }

    private static Viewed expand(Random random, Tensor tensor, Positions model) {
        long[] shape = model.shape();
        int added = random.nextInt(Math.min(2, 8 - shape.length) + 1);
        long[] sizes = new long[shape.length + added];
        Arrays.setAll(
                sizes,
                i -> i < added || shape[i - added] == 1 ? random.nextInt(4) : shape[i - added]);
        return new Viewed(
                tensor.expand(sizes),
                model.view(
                        sizes,
                        index -> {
                            long[] old = Arrays.copyOfRange(index, added, index.length);
                            for (int i = 0; i < old.length; i++) {
                                old[i] = shape[i] == 1 ? 0 : old[i];
                            }
                            return old;
                        }),
                ".expand" + Arrays.toString(sizes));
    }

    private static Viewed unfold(Random random, Tensor tensor, Positions model, int dim) {
        long[] shape = model.shape();
        if (shape[dim] == 0 || shape.length == 8) {
            return new Viewed(tensor, model, "");
        }
        long size = 1 + random.nextInt((int) shape[dim]);
        long step = 1 + random.nextInt(3);
        long windows = 0;
        for (long start = 0; start + size <= shape[dim]; start += step) {
            windows++;
        }
        int last = shape.length;
        return new Viewed(
                tensor.unfold(dim, size, step),
                model.view(
                        inserted(with(shape, dim, windows), last, size),
                        index -> {
                            long within = index[last];
                            return with(without(index, last), dim, index[dim] * step + within);
                        }),
                ".unfold(" + dim + "," + size + "," + step + ")");
    }

    @Test
    void reshapeIsAViewExactlyWhereSomeStridesReachTheSameElements() {
        int views = 0;
        int refusals = 0;
        for (int seed = 0; seed < 4000; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                Tensor base =
                        Positions.numbered(
                                arena, Positions.randomShape(random, 1 + random.nextInt(4), 4));
                Tensor tensor = base;
                Positions model = Positions.rowMajor(base.shape());
                for (int step = random.nextInt(3); step > 0; step--) {
                    Viewed next = randomView(random, tensor, model);
                    if (next.model.positions().length > 0 && next.model.positions().length < 3000) {
                        tensor = next.tensor;
                        model = next.model;
                    }
                }
                long[] wanted = randomFactors(random, model.positions().length);
                String context = "seed " + seed + ": " + tensor + " to " + Arrays.toString(wanted);
                Positions expected = new Positions(wanted, model.positions());
                if (stridesExist(expected)) {
                    expected.assertDescribes(tensor.reshape(wanted), context);
                    views++;
                } else {
                    Tensor source = tensor;
                    assertThat(
                                    org.assertj.core.api.Assertions.catchThrowable(
                                            () -> source.reshape(wanted)))
                            .as(context)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("contiguous(arena)");
                    Positions.rowMajor(wanted);
                    assertThat(tensor.contiguous(arena).reshape(wanted).toArray())
                            .as(context)
                            .containsExactly(tensor.toArray());
                    refusals++;
                }
            }
        }
        assertThat(views).isGreaterThan(500);
        assertThat(refusals).isGreaterThan(500);
    }

    /**
     * Brute force: the strides must be the steps seen along each axis, and explain every position.
     */
    private static boolean stridesExist(Positions wanted) {
        long[] shape = wanted.shape();
        long[] strides = new long[shape.length];
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] > 1) {
                strides[dim] =
                        wanted.at(with(new long[shape.length], dim, 1)) - wanted.positions()[0];
            }
        }
        for (long[] index : Positions.indices(shape)) {
            long position = wanted.positions()[0];
            for (int dim = 0; dim < shape.length; dim++) {
                position += index[dim] * strides[dim];
            }
            if (strides.length > 0 && Arrays.stream(strides).anyMatch(stride -> stride < 0)
                    || position != wanted.at(index)) {
                return false;
            }
        }
        return true;
    }

    private static long[] randomFactors(Random random, long count) {
        List<Long> factors = new ArrayList<>();
        long rest = count;
        for (long factor = 2; factor <= rest; ) {
            if (rest % factor == 0) {
                factors.add(factor);
                rest /= factor;
            } else {
                factor++;
            }
        }
        Collections.shuffle(factors, random);
        while (factors.size() > 1 && (factors.size() > 6 || random.nextBoolean())) {
            int at = random.nextInt(factors.size() - 1);
            factors.set(at, factors.get(at) * factors.remove(at + 1));
        }
        if (random.nextInt(3) == 0) {
            factors.add(random.nextInt(factors.size() + 1), 1L);
        }
        return factors.stream().mapToLong(l -> l).toArray();
    }

    @Test
    void rankZeroAndRankEightAndEmptyTensorsWork() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor scalar = Tensor.of(arena, new float[] {7});
            assertThat(scalar.rank()).isZero();
            assertThat(scalar.elementCount()).isEqualTo(1);
            assertThat(scalar.get()).isEqualTo(7);
            assertThat(scalar.permute().reshape(1, 1).squeeze(0).squeeze(0).toArray())
                    .containsExactly(7);
            assertThat(scalar.expand(2, 3).toArray()).containsExactly(7, 7, 7, 7, 7, 7);

            long[] eight = {1, 2, 3, 1, 2, 1, 2, 3};
            Tensor large = Positions.numbered(arena, eight);
            Positions.rowMajor(eight).assertDescribes(large, "rank 8");
            Tensor turned = large.permute(7, 6, 5, 4, 3, 2, 1, 0);
            assertThat(turned.contiguous(arena).toArray()).containsExactly(turned.toArray());

            Tensor empty = Tensor.zeros(arena, 2, 0, 3);
            assertThat(empty.elementCount()).isZero();
            assertThat(empty.toArray()).isEmpty();
            assertThat(empty.isContiguous()).isTrue();
            assertThat(empty.reshape(0, 7).shape()).containsExactly(0, 7);
            assertThat(empty.select(2, 2).slice(0, 2, 2).offset()).isZero();
            assertThat(empty.contiguous(arena).shape()).containsExactly(2, 0, 3);
            empty.fill(3);
            empty.copyFrom(Tensor.zeros(arena, 2, 0, 3));
            assertThat(empty.equalsWithin(Tensor.zeros(arena, 2, 0, 3), 0, 0)).isTrue();
        }
    }

    @Test
    void asStridedCountsFromTheBeginningOfTheSegment() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Positions.numbered(arena, 20).slice(0, 10, 20);
            Tensor windows = tensor.asStrided(new long[] {3, 4}, new long[] {2, 5}, 0);
            new Positions(new long[] {3, 4}, new long[] {0, 5, 10, 15, 2, 7, 12, 17, 4, 9, 14, 19})
                    .assertDescribes(windows, "strided");
            assertThat(tensor.asStrided(new long[] {0, 9}, new long[] {99, 99}, 20).toArray())
                    .isEmpty();
        }
    }

    @Test
    void viewsShareTheMemoryOfTheirTensor() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Tensor.zeros(arena, 4, 5);
            tensor.transpose(0, 1).slice(0, 1, 3).fill(2);
            assertThat(tensor.get(3, 1)).isEqualTo(2);
            assertThat(tensor.get(3, 3)).isZero();
            tensor.select(0, 2).set(9, 4);
            assertThat(tensor.get(2, 4)).isEqualTo(9);
            assertThat(tensor.segment()).isSameAs(tensor.permute(1, 0).segment());
        }
    }
}
