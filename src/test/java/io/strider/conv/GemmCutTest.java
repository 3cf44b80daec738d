package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GemmCutTest {
    /** Panels of 48 columns but for the last. */
    private record Matrices(long positions, long mostRows, long columns, long depth)
            implements GemmCut.Product {
        private static final long PANEL = 48;

        @Override
        public long rows(long batch) {
            return batch * positions;
        }

        @Override
        public long blockRows() {
            return 7;
        }

        @Override
        public int panels() {
            return (int) Math.ceilDiv(columns, PANEL);
        }

        @Override
        public long columns(int fromPanel, int toPanel) {
            return Math.min(columns, toPanel * PANEL) - fromPanel * PANEL;
        }

        @Override
        public double rowFlops() {
            return 2.0 * depth * columns;
        }

        @Override
        public long overhead() {
            return 0;
        }
    }

    @Test
    void tasksCoverEveryRowAndPanelOnce() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            var product =
                    new Matrices(
                            1 + random.nextInt(3000),
                            7 * (1 + random.nextInt(48)),
                            1 + random.nextInt(1000),
                            1 + random.nextInt(1000));
            long batch = 1 + random.nextInt(9);
            int threads = 1 + random.nextInt(40);
            GemmCut cut = GemmCut.of(product, batch, threads);
            long rows = product.rows(batch);
            String which = "seed %s: %s, %s".formatted(seed, product, cut);
            assertThat(cut.rows()).as(which).isBetween(1L, product.mostRows());
            assertThat(cut.parts()).as(which).isBetween(1, Math.min(threads, product.panels()));
            long products = 0;
            int endOfPart = 0;
            for (long task = 0; task < cut.tasks(rows); task++) {
                int from = cut.fromPanel(task, product.panels());
                int to = cut.toPanel(task, product.panels());
                assertThat(from).as(which).isEqualTo(task % cut.parts() == 0 ? 0 : endOfPart);
                assertThat(to).as(which).isGreaterThan(from);
                endOfPart = to;
                long first = cut.firstRow(task);
                assertThat(first).as(which).isLessThan(rows);
                products += Math.min(cut.rows(), rows - first) * product.columns(from, to);
            }
            assertThat(endOfPart).as(which).isEqualTo(product.panels());
            assertThat(products).as(which).isEqualTo(rows * product.columns);
        }
    }

    @Test
    void oneThreadCutsRowsForTheCacheAndNothingElse() {
        var product = new Matrices(784, 336, 512, 256);
        GemmCut cut = GemmCut.of(product, 1, 1);
        assertThat(cut.parts()).isEqualTo(1);
        assertThat(cut.tasks(784)).isEqualTo(3);
        assertThat(cut.rows()).isEqualTo(266); // a third in whole blocks
    }

    @Test
    void twoThreadsGetTheSame() {
        // Three tiles for the cache would leave one of them idle at the end.
        assertThat(GemmCut.of(new Matrices(784, 336, 96, 256), 1, 2).tasks(784)).isEqualTo(4);
        // 49 rows are seven blocks, which two cannot share; twenty panels they can.
        GemmCut small = GemmCut.of(new Matrices(49, 336, 960, 160), 1, 2);
        assertThat(small.tasks(49)).isEqualTo(2);
        assertThat(small.parts()).isEqualTo(2);
    }

    @Test
    void whatIsSoonDoneIsNotCut() {
        assertThat(GemmCut.of(new Matrices(49, 336, 96, 24), 1, 8).tasks(49)).isEqualTo(1);
    }

    @Test
    void manyThreadsShareASmallPicture() {
        GemmCut cut = GemmCut.of(new Matrices(196, 336, 1024, 256), 1, 16);
        assertThat(cut.tasks(196)).isBetween(14L, 32L);
    }

    @Test
    void cutsAreKept() {
        var cuts = new GemmCuts(new Matrices(196, 336, 1024, 256), 0);
        assertThat(cuts.of(1, 2)).isSameAs(cuts.of(1, 2));
        assertThat(cuts.of(1, 2)).isNotEqualTo(cuts.of(1, 1));
        for (int batch = 1; batch < 100; batch++) {
            assertThat(cuts.of(batch, 2).batch()).isEqualTo(batch);
        }
        var fixed = new GemmCuts(new Matrices(196, 336, 1024, 256), 4);
        assertThat(fixed.of(1, 2)).isSameAs(fixed.of(1, 1));
    }
}
