package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to copy runs, on random ones; around them nothing is written. */
class PatchRunsTest {
    static Stream<PatchRuns> both() {
        return Stream.of(new ScalarPatchRuns(), new VectorPatchRuns(), new ColdPatchRuns());
    }

    @ParameterizedTest
    @MethodSource("both")
    void runsArriveAndNothingElseIsWritten(PatchRuns copies) {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int length = random.nextInt(seed % 20 == 0 ? 2100 : 70);
            int runs = random.nextInt(6);
            int fromStep = random.nextInt(20); // runs may overlap where they are read
            int toStep = length + random.nextInt(5);
            int from = random.nextInt(4);
            int to = random.nextInt(4);
            float[] source = RandomGeometry.normals(random, from + runs * (long) fromStep + length);
            float[] expected = RandomGeometry.normals(random, to + runs * (long) toStep + 5);
            try (Arena arena = Arena.ofConfined()) {
                Tensor target = Tensor.of(arena, expected, expected.length);
                copies.copy(
                        Tensor.of(arena, source, source.length).segment(),
                        from,
                        fromStep,
                        target.segment(),
                        to,
                        toStep,
                        runs,
                        length);
                for (int run = 0; run < runs; run++) {
                    System.arraycopy(
                            source, from + run * fromStep, expected, to + run * toStep, length);
                }
                assertThat(target.toArray())
                        .as("seed %d: %d runs of %d", seed, runs, length)
                        .isEqualTo(expected);
            }
        }
    }
}
