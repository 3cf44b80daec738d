package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColorScaleTest {
    private static double luminance(int rgb) {
        return 0.2126 * Math.pow((rgb >> 16 & 0xff) / 255.0, 2.2)
                + 0.7152 * Math.pow((rgb >> 8 & 0xff) / 255.0, 2.2)
                + 0.0722 * Math.pow((rgb & 0xff) / 255.0, 2.2);
    }

    @Test
    void colorsGrowLighterInSmallSteps() {
        double before = luminance(ColorScale.color(0));
        for (int i = 1; i <= 100; i++) {
            double now = luminance(ColorScale.color(i / 100.0));
            assertThat(now).as("at %d %%", i).isBetween(before - 0.002, before + 0.05);
            before = now;
        }
        assertThat(before).isGreaterThan(0.8);
    }

    @Test
    void theEndsAreTheAnchorsAndHoldWhatLiesOutside() {
        assertThat(ColorScale.color(0)).isEqualTo(0x0b0f2b);
        assertThat(ColorScale.color(1)).isEqualTo(0xfdf0c4);
        assertThat(ColorScale.color(-3)).isEqualTo(ColorScale.color(0));
        assertThat(ColorScale.color(7)).isEqualTo(ColorScale.color(1));
        assertThat(ColorScale.color(Double.NaN)).isEqualTo(ColorScale.color(0));
    }
}
