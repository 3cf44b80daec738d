package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Workers;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Moves of float32 tensors against the plain ones, which are tested by hand elsewhere. */
class StridedMovesTest {
    static Stream<Arguments> loopsAndSeeds() {
        return Stream.of(new ScalarRunCopies(), new VectorRunCopies())
                .flatMap(copies ->
                        LongStream.range(0, 60).mapToObj(seed -> Arguments.of(copies, seed)));
    }

    private static NdArray random(Random random, long... shape) {
        double[] values = new double[PlainMoves.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(1_000_000);
        }
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    /** Bounds chosen so that some runs fill vectors, some do not and some are large. */
    private static long size(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 1;
            case 1 -> 1 + random.nextInt(3);
            case 2 -> 8 + random.nextInt(3);
            case 3 -> 16 + random.nextInt(20);
            default -> 1 + random.nextInt(12);
        };
    }

    /** A random permutation of a random part, turned round along some axes. */
    private static Move anyMove(Random random, long[] from, long[] to) {
        int rank = from.length;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            order.add(random.nextInt(order.size() + 1), i);
        }
        Move.Builder move = Move.between(rank, rank);
        for (int dim = 0; dim < rank; dim++) {
            int other = order.get(dim);
            long size = size(random);
            long step = 1 + random.nextInt(2);
            boolean turned = random.nextInt(4) == 0;
            boolean repeated = random.nextInt(5) == 0;
            long first = random.nextInt(3);
            long at = random.nextInt(3);
            from[other] = first + (repeated ? 1 : (size - 1) * step + 1) + random.nextInt(2);
            to[dim] = at + size + random.nextInt(2);
            move.toIndex(dim, at);
            if (repeated) {
                move.fromIndex(other, first).repeat(size, dim, 1);
            } else if (turned) {
                move.fromIndex(other, first + (size - 1) * step).step(size, other, -step, dim, 1);
            } else {
                move.fromIndex(other, first).step(size, other, step, dim, 1);
            }
        }
        return move.build();
    }

    @ParameterizedTest
    @MethodSource("loopsAndSeeds")
    void movesWhatThePlainOnesMove(RunCopies copies, long seed) {
        Random random = new Random(seed);
        int rank = 1 + random.nextInt(4);
        long[] from = new long[rank];
        long[] to = new long[rank];
        Move move = anyMove(random, from, to);
        NdArray source = random(random, from);
        NdArray before = random(random, to);
        Placed sourcePlace = Placed.any(random);
        Placed targetPlace = Placed.any(random);
        try (Arena arena = Arena.ofConfined()) {
            Tensor target = targetPlace.of(arena, before);
            Tensor origin = sourcePlace.of(arena, source);
            StridedMoves.bind(List.of(origin), List.of(move), List.of(target), 0, copies).run(null);
            double[] moved =
                    PlainMoves.apply(
                                    List.of(source),
                                    List.of(move),
                                    0,
                                    ElementType.FLOAT32,
                                    null,
                                    to)
                            .toDoubles();
            double[] reached =
                    PlainMoves.apply(
                                    List.of(ones(from)),
                                    List.of(move),
                                    0,
                                    ElementType.FLOAT32,
                                    null,
                                    to)
                            .toDoubles();
            for (int i = 0; i < moved.length; i++) {
                moved[i] = reached[i] == 1 ? moved[i] : before.getDouble(i);
            }
            assertThat(NdArray.of(target))
                    .as("seed %s, %s from %s to %s", seed, move, sourcePlace, targetPlace)
                    .isEqualTo(NdArray.ofDoubles(ElementType.FLOAT32, moved, to));
            assertThat(Placed.frameIsWhole(target)).as("seed %s, %s", seed, move).isTrue();
        }
    }

    private static NdArray ones(long... shape) {
        NdArray one = NdArray.scalar(ElementType.FLOAT32, 1);
        return PlainMoves.apply(List.of(), List.of(), 0, ElementType.FLOAT32, one, shape);
    }

    @ParameterizedTest
    @MethodSource("loopsAndSeeds")
    void fillsABox(RunCopies copies, long seed) {
        Random random = new Random(seed);
        long[] shape = {2, size(random), size(random), size(random)};
        Move move =
                Move.between(0, 4)
                        .source(Move.NOTHING)
                        .repeat(2, 0, 1)
                        .repeat(shape[1], 1, 1)
                        .toIndex(2, shape[2] / 2)
                        .repeat(shape[2] - shape[2] / 2, 2, 1)
                        .repeat(shape[3], 3, 1)
                        .build();
        Placed place = Placed.any(random);
        try (Arena arena = Arena.ofConfined()) {
            Tensor target = place.of(arena, ones(shape));
            StridedMoves.bind(List.of(), List.of(move), List.of(target), 7, copies).run(null);
            for (long y = 0; y < shape[2]; y++) {
                float wanted = y < shape[2] / 2 ? 1 : 7;
                Tensor row = target.select(2, y);
                assertThat(row.toArray()).as("seed %s", seed).containsOnly(wanted);
            }
            assertThat(Placed.frameIsWhole(target)).as("seed %s", seed).isTrue();
        }
    }

    @Test
    void workersMoveTheSame() {
        NdArray source = random(new Random(1), 3, 70, 41, 37);
        Move move =
                Move.between(4, 4)
                        .step(3, 0, 0)
                        .step(70, 1, 3)
                        .step(41, 2, 1)
                        .step(37, 3, 2)
                        .build();
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(3)) {
            Tensor origin = Placed.CHANNELS_LAST.of(arena, source);
            for (Placed place : Placed.values()) {
                Tensor target = place.tensor(arena, 3, 41, 37, 70);
                StridedMoves.bind(List.of(origin), List.of(move), List.of(target), 0).run(workers);
                assertThat(target.equalsWithin(origin.permute(0, 2, 3, 1), 0, 0))
                        .as("%s", place)
                        .isTrue();
                assertThat(Placed.frameIsWhole(target)).isTrue();
            }
        }
    }

    @Test
    void movesOfNothingDoNothing() {
        Move none = Move.between(1, 1).step(0, 0, 0).build();
        try (Arena arena = Arena.ofConfined()) {
            Tensor target = Placed.ROW_MAJOR.of(arena, ones(3));
            Tensor source = Tensor.zeros(arena, 0);
            StridedMoves.bind(List.of(source), List.of(none), List.of(target), 0).run(null);
            assertThat(target.toArray()).containsOnly(1);
        }
    }

    @Test
    void oneElementOfRankZero() {
        Move move = Move.between(0, 0).build();
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.of(arena, new float[] {3});
            Tensor target = Tensor.zeros(arena);
            StridedMoves.bind(List.of(source), List.of(move), List.of(target), 0).run(null);
            assertThat(target.get()).isEqualTo(3);
        }
    }

    @Test
    void refusesToLeaveATensor() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.zeros(arena, 4, 5);
            Tensor target = Tensor.zeros(arena, 4, 5);
            for (Move move :
                    List.of(
                            Move.between(2, 2).step(4, 0, 0).step(6, 1, 1).build(),
                            Move.between(2, 2).fromIndex(0, 1).step(4, 0, 0).build(),
                            Move.between(2, 2).step(2, 0, -1, 0, 1).build(),
                            Move.between(2, 2).step(3, 1, 1, 0, 2).build(),
                            Move.between(1, 2).step(1, 0, 0).build())) {
                assertThatThrownBy(() ->
                                StridedMoves.bind(
                                        List.of(source), List.of(move), List.of(target), 0))
                        .as("%s", move)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("[4, 5]");
            }
        }
    }

    @Test
    void movesAreEqualIfAllPartsAre() {
        Move move = Move.between(2, 2).fromIndex(1, 3).step(2, 1, 0).build();
        assertThat(move).isEqualTo(Move.between(2, 2).fromIndex(1, 3).step(2, 1, 0).build());
        assertThat(move)
                .hasSameHashCodeAs(Move.between(2, 2).fromIndex(1, 3).step(2, 1, 0).build());
        assertThat(move).isNotEqualTo(Move.between(2, 2).toIndex(1, 3).step(2, 1, 0).build());
        assertThat(move.toString()).contains("[0, 3]");
        assertThat(move.count()).isEqualTo(2);
    }
}
