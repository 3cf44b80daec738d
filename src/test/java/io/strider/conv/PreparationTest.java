package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What AUTO takes for prepared weights. */
class PreparationTest {

    @ParameterizedTest
    @CsvSource({
        // batch, in, size, out, kernel, stride, groups, expected, strict
        "1, 3, 224, 64, 7, 2, 1, IM2COL, IM2COL",
        "1, 3, 224, 64, 3, 1, 1, IM2COL, IM2COL",
        "1, 64, 56, 64, 3, 1, 1, WINOGRAD, IM2COL",
        "1, 128, 56, 128, 3, 2, 1, IM2COL, IM2COL",
        "1, 512, 7, 512, 3, 1, 1, WINOGRAD, IM2COL",
        "1, 256, 3, 256, 3, 1, 1, IM2COL, IM2COL",
        "8, 512, 2, 512, 3, 1, 1, WINOGRAD, IM2COL",
        "1, 64, 56, 256, 1, 1, 1, POINTWISE, POINTWISE",
        "1, 256, 56, 512, 1, 2, 1, IM2COL, IM2COL",
        "1, 144, 56, 144, 3, 1, 144, DEPTHWISE, DEPTHWISE",
        "1, 64, 56, 64, 3, 1, 2, IM2COL, IM2COL",
        "0, 64, 56, 64, 3, 1, 1, WINOGRAD, IM2COL",
    })
    void autoFollowsTheMeasurements(
            long batch,
            long in,
            long size,
            long out,
            long kernel,
            long stride,
            long groups,
            Algorithm expected,
            Algorithm strict) {
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(batch, in, size, size)
                        .kernel(out, kernel, kernel)
                        .stride(stride, stride)
                        .padding(Padding.of(kernel / 2, kernel / 2))
                        .groups(groups)
                        .build();
        assertThat(Preparation.choose(geometry, false)).isEqualTo(expected);
        assertThat(Preparation.choose(geometry, true)).isEqualTo(strict);
    }

    @ParameterizedTest
    @CsvSource({"1, 56, F4", "1, 7, F4", "1, 6, F2", "1, 5, F2", "8, 4, F4", "8, 2, F2"})
    void smallPicturesTakeSmallTiles(long batch, long size, WinogradTile expected) {
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(batch, 256, size, size)
                        .kernel(256, 3, 3)
                        .padding(Padding.of(1, 1))
                        .build();
        assertThat(Preparation.tile(geometry)).isEqualTo(expected);
    }
}
