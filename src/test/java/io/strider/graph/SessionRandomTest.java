package io.strider.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Workers;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Views, parts and work in place change nothing but the time it takes. */
class SessionRandomTest {
    /** The sample operators round alike in both forms, so that equal means equal. */
    @Test
    void randomGraphsGiveWhatThePlainRunGives() {
        try (Workers workers = Workers.of(2)) {
            for (long index = 0; index < 3000; index++) {
                long seed = index;
                RandomGraph.Case sample = RandomGraph.of(seed, 3 + (int) (seed % 23));
                Map<String, NdArray> expected = PlainRun.run(sample.graph(), sample.inputs());
                Random random = new Random(seed);
                try (Arena arena = Arena.ofConfined();
                        Session session =
                                Session.builder(sample.graph())
                                        .workers(seed % 3 == 0 ? workers : null)
                                        .build()) {
                    for (int run = 0; run < 2; run++) {
                        Map<String, Value> results =
                                session.run(sample.values(arena, random), arena);
                        assertThat(List.copyOf(results.keySet()))
                                .isEqualTo(sample.graph().outputs());
                        results.forEach((name, value) ->
                                assertThat(value.array())
                                        .as("seed %s, output %s", seed, name)
                                        .isEqualTo(expected.get(name)));
                    }
                }
            }
        }
    }
}
