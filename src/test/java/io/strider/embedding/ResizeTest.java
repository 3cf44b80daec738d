package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeTest {
    static Stream<Goldens.Case> cases() {
        return Goldens.cases("resize");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyFilterEqualsPillows(Goldens.Case golden) {
        Picture source = Goldens.decode("source.png");
        Interpolation filter = Interpolation.ofCode(golden.number());
        Picture resized = Resize.to(source, golden.height(), golden.width(), filter);
        assertThat(resized.height()).isEqualTo(golden.height());
        assertThat(resized.width()).isEqualTo(golden.width());
        assertThat(resized.toArray()).isEqualTo(Goldens.bytes(golden.name() + ".rgb"));
    }

    @ParameterizedTest
    @CsvSource({
        "chelsea-224x224-bilinear.npy, 224, 224, BILINEAR",
        "chelsea-224x224-bicubic.npy, 224, 224, BICUBIC",
        "chelsea-600x397-bilinear.npy, 397, 600, BILINEAR"
    })
    void aPhotographEqualsPillows(String name, int height, int width, Interpolation filter) {
        byte[] file = Goldens.bytes(name);
        int header = 10 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
        byte[] expected = Arrays.copyOfRange(file, header, file.length);
        Picture resized = Resize.to(Goldens.decode("chelsea.png"), height, width, filter);
        assertThat(resized.toArray()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Interpolation.class)
    void aWindowIsPartOfTheWhole(Interpolation filter) {
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            Picture source = random(random, 1 + random.nextInt(40), 1 + random.nextInt(40));
            // Now and then one side, or both, keep their size: a pass is then left out.
            int height = random.nextInt(4) == 0 ? source.height() : 1 + random.nextInt(60);
            int width = random.nextInt(4) == 0 ? source.width() : 1 + random.nextInt(60);
            int top = random.nextInt(height);
            int left = random.nextInt(width);
            Window window =
                    new Window(
                            top,
                            left,
                            1 + random.nextInt(height - top),
                            1 + random.nextInt(width - left));
            byte[] part = new byte[window.height() * window.width() * 3];
            new Resampler().resize(source, height, width, filter, window, part);
            Picture whole = Resize.to(source, height, width, filter);
            assertThat(part)
                    .as("seed 7, round %s: %s to %s×%s, %s", round, source, height, width, window)
                    .isEqualTo(cut(whole, window));
        }
    }

    private static byte[] cut(Picture whole, Window window) {
        byte[] part = new byte[window.height() * window.width() * 3];
        int to = 0;
        for (int row = window.top(); row < window.bottom(); row++) {
            for (int column = window.left(); column < window.right(); column++) {
                for (int c = 0; c < 3; c++) {
                    part[to++] = (byte) whole.get(row, column, c);
                }
            }
        }
        return part;
    }

    private static Picture random(Random random, int height, int width) {
        byte[] rgb = new byte[height * width * 3];
        random.nextBytes(rgb);
        return Picture.of(height, width, rgb);
    }

    @ParameterizedTest
    @EnumSource(Interpolation.class)
    void aPlainPictureStaysPlain(Interpolation filter) {
        byte[] rgb = new byte[5 * 9 * 3];
        Arrays.fill(rgb, (byte) 255);
        Picture resized = Resize.to(Picture.of(5, 9, rgb), 31, 4, filter);
        for (byte value : resized.toArray()) {
            assertThat(value & 0xff).isEqualTo(255);
        }
    }

    @Test
    void theSameSizeIsTheSamePicture() {
        Picture picture = random(new Random(1), 6, 11);
        assertThat(Resize.to(picture, 6, 11, Interpolation.LANCZOS)).isSameAs(picture);
    }

    @Test
    void refusesSizesThatAreNone() {
        Picture picture = random(new Random(1), 2, 3);
        assertThatThrownBy(() -> Resize.to(picture, 0, 3, Interpolation.BOX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("target height: 0 (expected: 1 to 65535)");
        assertThatThrownBy(() -> Resize.to(picture, 2, 65_536, Interpolation.BOX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("target width: 65536 (expected: 1 to 65535)");
        assertThatThrownBy(() -> Resize.to(picture, 60_000, 60_000, Interpolation.BOX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("target: 60000×60000 (expected: at most 715827879 pixels)");
    }

    @Test
    void codesAreThoseOfPillow() {
        for (Interpolation filter : Interpolation.values()) {
            assertThat(Interpolation.ofCode(filter.code())).isSameAs(filter);
        }
        assertThatThrownBy(() -> Interpolation.ofCode(6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("code: 6 (expected: 0 to 5)");
    }

    /** More sizes than the cache of weights keeps, twice over. */
    @Test
    void forgottenWeightsAreComputedAgain() {
        Picture picture = random(new Random(3), 20, 30);
        byte[][] first = new byte[80][];
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < first.length; i++) {
                byte[] resized =
                        Resize.to(picture, 1 + i, 100 - i, Interpolation.BICUBIC).toArray();
                if (round == 0) {
                    first[i] = resized;
                } else {
                    assertThat(resized).isEqualTo(first[i]);
                }
            }
        }
    }
}
