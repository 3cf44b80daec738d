package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowAxisTest {

    @ParameterizedTest
    @CsvSource({
        // input, kernel, stride, dilation, before, after, floor, ceiling
        "5, 2, 2, 1, 0, 0, 2, 3",
        "6, 2, 2, 1, 0, 0, 3, 3",
        "4, 3, 2, 1, 0, 0, 1, 2",
        "2, 3, 3, 1, 1, 1, 1, 1", // a second window would start behind the input
        "1, 1, 2, 1, 0, 2, 2, 2", // that ONNX counts all the same without rounding up
        "7, 3, 2, 2, 1, 0, 2, 3",
        "1, 1, 1, 1, 0, 0, 1, 1",
    })
    void countsTheWindowsThatFit(
            long input,
            long kernel,
            long stride,
            long dilation,
            long before,
            long after,
            long floor,
            long ceiling) {
        assertThat(
                        WindowAxis.padded(input, kernel, stride, dilation, before, after, false)
                                .output())
                .isEqualTo(floor);
        assertThat(WindowAxis.padded(input, kernel, stride, dilation, before, after, true).output())
                .isEqualTo(ceiling);
    }

    @Test
    void putsTheOddElementOfAutomaticPaddingWhereItIsAskedFor() {
        WindowAxis after = WindowAxis.same(5, 4, 2, 1, WindowAxis.Extra.AFTER);
        assertThat(after).isEqualTo(new WindowAxis(5, 4, 2, 1, 1, 2, 3));
        WindowAxis before = WindowAxis.same(5, 4, 2, 1, WindowAxis.Extra.BEFORE);
        assertThat(before).isEqualTo(new WindowAxis(5, 4, 2, 1, 2, 1, 3));
        WindowAxis dilated = WindowAxis.same(5, 3, 1, 2, WindowAxis.Extra.AFTER);
        assertThat(dilated).isEqualTo(new WindowAxis(5, 3, 1, 2, 2, 2, 5));
        WindowAxis none = WindowAxis.same(6, 1, 3, 1, WindowAxis.Extra.AFTER);
        assertThat(none).isEqualTo(new WindowAxis(6, 1, 3, 1, 0, 0, 2));
    }

    @Test
    void findsTheTapsInside() {
        Random random = new Random(11);
        for (int trial = 0; trial < 2000; trial++) {
            long kernel = 1 + random.nextInt(5);
            WindowAxis axis =
                    new WindowAxis(
                            random.nextInt(6),
                            kernel,
                            1 + random.nextInt(3),
                            1 + random.nextInt(3),
                            random.nextInt(5),
                            random.nextInt(5),
                            6);
            for (long window = 0; window < 6; window++) {
                long first = axis.firstTap(window);
                long end = axis.endTap(window);
                assertThat(first).as("seed 11, trial %s", trial).isBetween(0L, end);
                assertThat(end).as("seed 11, trial %s", trial).isLessThanOrEqualTo(kernel);
                long padded = 0;
                for (long tap = 0; tap < kernel; tap++) {
                    long at = axis.at(window, tap);
                    assertThat(first <= tap && tap < end)
                            .as(
                                    "%s, window %s, tap %s, seed 11, trial %s",
                                    axis, window, tap, trial)
                            .isEqualTo(at >= 0 && at < axis.input());
                    padded += at < axis.input() + axis.after() ? 1 : 0;
                }
                assertThat(axis.paddedTaps(window)).as("seed 11, %s", axis).isEqualTo(padded);
            }
        }
    }

    @Test
    void refusesAWindowThatDoesNotFit() {
        assertThatThrownBy(() -> WindowAxis.padded(4, 3, 1, 3, 1, 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 taps 3 apart cover 7")
                .hasMessageContaining("6");
        assertThatThrownBy(() -> WindowAxis.padded(0, 1, 1, 1, 0, 0, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WindowAxis.same(0, 1, 1, 1, WindowAxis.Extra.AFTER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input: 0 (expected: >= 1)");
        assertThatThrownBy(() -> WindowAxis.whole(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1, 1, 1, 0, 0, input: -1",
        "1, 0, 1, 1, 0, 0, kernel: 0",
        "1, 1, 0, 1, 0, 0, stride: 0",
        "1, 1, 1, 0, 0, 0, dilation: 0",
        "1, 1, 1, 1, -2, 0, pads: -2",
        "1, 1, 1, 1, 0, -3, pads: -3",
    })
    void refusesNumbersOutOfRange(
            long input,
            long kernel,
            long stride,
            long dilation,
            long before,
            long after,
            String message) {
        assertThatThrownBy(() ->
                        WindowAxis.padded(input, kernel, stride, dilation, before, after, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE / 2, 1L << 62})
    void refusesWhatOverflows(long huge) {
        assertThatThrownBy(() -> WindowAxis.padded(3, 1, 1, 1, huge, huge, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fit a long");
        assertThatThrownBy(() -> WindowAxis.padded(3, huge, 1, 4, 0, 0, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WindowAxis.same(3, huge, 1, huge, WindowAxis.Extra.BEFORE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHugeStrideOrDilationThatReachesNothingIsHarmless() {
        WindowAxis axis = WindowAxis.padded(3, 1, 1L << 40, 1L << 40, 0, 0, true);
        assertThat(axis.output()).isEqualTo(1);
        assertThat(axis.endTap(0)).isEqualTo(1);
    }
}
