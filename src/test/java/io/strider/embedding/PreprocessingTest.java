package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PreprocessingTest {
    private static final float UNTOUCHED = -77;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    private static Picture random(int height, int width) {
        byte[] rgb = new byte[height * width * 3];
        new Random(5).nextBytes(rgb);
        return Picture.of(height, width, rgb);
    }

    /**
     * A 1×C×H×W tensor of the layout, with a frame of other elements around it where it has one.
     */
    private Tensor target(String layout, long n, long c, long h, long w) {
        Tensor tensor =
                switch (layout) {
                    case "first" -> Tensor.zeros(arena, n, c, h, w);
                    case "last" -> Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, n, c, h, w);
                    case "padded" ->
                            Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, n, c + 5, h + 1, w + 2)
                                    .slice(1, 1, c + 1)
                                    .slice(2, 0, h)
                                    .slice(3, 1, w + 1);
                    default -> Tensor.zeros(arena, w, h, c, n).permute(3, 2, 1, 0);
                };
        tensor.fill(UNTOUCHED);
        return tensor;
    }

    @ParameterizedTest
    @CsvSource({
        "first, RGB", "last, RGB", "padded, RGB", "reversed, RGB",
        "first, BGR", "last, BGR", "padded, BGR", "reversed, BGR",
        "first, GRAY", "last, GRAY", "padded, GRAY", "reversed, GRAY"
    })
    void everyLayoutGetsTheNormalisedValues(String layout, ChannelOrder order) {
        int channels = order.channels();
        double[] mean = channels == 3 ? new double[] {0.4, 0.5, 0.25} : new double[] {0.4};
        double[] std = channels == 3 ? new double[] {0.2, -0.3, 0.7} : new double[] {0.2};
        Preprocessing preprocessing =
                Preprocessing.builder().order(order).rescale(1 / 255.0).mean(mean).std(std).build();
        Picture picture = random(7, 10);
        Tensor batch = target(layout, 3, channels, 7, 10);
        preprocessing.apply(picture, batch, 1);
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < 7; y++) {
                for (int x = 0; x < 10; x++) {
                    int value =
                            switch (order) {
                                case RGB -> picture.get(y, x, c);
                                case BGR -> picture.get(y, x, 2 - c);
                                case GRAY -> luma(picture, y, x);
                            };
                    float expected = (float) ((value * (1 / 255.0) - mean[c]) / std[c]);
                    assertThat(batch.get(1, c, y, x)).isEqualTo(expected);
                    assertThat(batch.get(0, c, y, x)).isEqualTo(UNTOUCHED);
                    assertThat(batch.get(2, c, y, x)).isEqualTo(UNTOUCHED);
                }
            }
        }
    }

    private static int luma(Picture picture, int y, int x) {
        return (picture.get(y, x, 0) * 19595
                        + picture.get(y, x, 1) * 38470
                        + picture.get(y, x, 2) * 7471
                        + 32768)
                / 65536;
    }

    /** Padded views share memory with elements that are not theirs. */
    @Test
    void whatIsBesideTheTargetStays() {
        Tensor all = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, 1, 4, 3, 4);
        all.fill(UNTOUCHED);
        Preprocessing.builder()
                .build()
                .apply(random(2, 3), all.slice(1, 0, 3).slice(2, 1, 3).slice(3, 1, 4), 0);
        int untouched = 0;
        for (float value : all.toArray()) {
            untouched += value == UNTOUCHED ? 1 : 0;
        }
        assertThat(untouched).isEqualTo(4 * 3 * 4 - 3 * 2 * 3);
    }

    /** The values that the network gets, without normalisation, as a picture. */
    private Picture seen(Preprocessing preprocessing, Picture picture) {
        ImageSize size = preprocessing.outputSize(picture);
        Tensor target = target("last", 1, 3, size.height(), size.width());
        preprocessing.apply(picture, target, 0);
        byte[] rgb = new byte[size.height() * size.width() * 3];
        for (int i = 0; i < rgb.length; i++) {
            long row = i / 3 / size.width();
            rgb[i] = (byte) target.get(0, i % 3, row, i / 3 % size.width());
        }
        return Picture.of(size.height(), size.width(), rgb);
    }

    /** What a plan says, done the slow way: the whole picture resized, laid on a whole canvas. */
    private static Picture slowly(Picture resized, int top, int left, int h, int w, int fill) {
        byte[] rgb = new byte[h * w * 3];
        for (int i = 0; i < rgb.length; i++) {
            int row = i / 3 / w - top;
            int column = i / 3 % w - left;
            boolean inside =
                    row >= 0 && column >= 0 && row < resized.height() && column < resized.width();
            rgb[i] = (byte) (inside ? resized.get(row, column, i % 3) : fill);
        }
        return Picture.of(h, w, rgb);
    }

    @ParameterizedTest
    @EnumSource(Interpolation.class)
    void stretches(Interpolation filter) {
        Picture picture = random(30, 41);
        Preprocessing stretch =
                Preprocessing.builder()
                        .resize(Resizing.stretch(17, 23))
                        .interpolation(filter)
                        .build();
        assertThat(seen(stretch, picture).toArray())
                .isEqualTo(Resize.to(picture, 17, 23, filter).toArray());
        assertThat(stretch.fixedSize()).contains(new ImageSize(17, 23));
    }

    /** Sizes as torchvision's Resize(S) gives them, offsets as (resized − crop) / 2 cut off. */
    @ParameterizedTest
    @CsvSource({
        // picture, edge, resized, crop, offset of the picture on the output
        "30, 41, 20, 20, 27, 15, 16, -2, -5",
        "41, 30, 20, 27, 20, 16, 15, -5, -2",
        "30, 30, 12, 12, 12, 12, 12, 0, 0",
        "30, 41, 20, 20, 27, 20, 20, 0, -3",
        "30, 41, 9, 9, 12, 14, 15, 3, 2",
        "30, 41, 9, 9, 12, 5, 20, -2, 4",
        "1, 50, 2, 2, 100, 2, 2, 0, -49"
    })
    void resizesTheShorterEdgeAndCutsTheMiddle(
            int height,
            int width,
            int edge,
            int resizedHeight,
            int resizedWidth,
            int cropHeight,
            int cropWidth,
            int top,
            int left) {
        Picture picture = random(height, width);
        Preprocessing.Builder builder = Preprocessing.builder().resize(Resizing.shorterEdge(edge));
        assertThat(builder.build().outputSize(picture))
                .isEqualTo(new ImageSize(resizedHeight, resizedWidth));
        assertThat(builder.build().fixedSize()).isEmpty();
        Picture resized = Resize.to(picture, resizedHeight, resizedWidth, Interpolation.BILINEAR);
        assertThat(seen(builder.build(), picture).toArray()).isEqualTo(resized.toArray());
        Preprocessing cut = builder.centerCrop(cropHeight, cropWidth).build();
        assertThat(cut.fixedSize()).contains(new ImageSize(cropHeight, cropWidth));
        assertThat(seen(cut, picture).toArray())
                .isEqualTo(slowly(resized, top, left, cropHeight, cropWidth, 0).toArray());
    }

    @ParameterizedTest
    @CsvSource({
        // picture, box, resized, offset
        "30, 41, 20, 20, 14, 20, 3, 0",
        "41, 30, 20, 20, 20, 14, 0, 3",
        "30, 41, 20, 50, 20, 27, 0, 11",
        "2, 300, 20, 30, 1, 30, 9, 0",
        "10, 20, 10, 20, 10, 20, 0, 0"
    })
    void fitsTheLongerEdgeAndPads(
            int height, int width, int boxHeight, int boxWidth, int h, int w, int top, int left) {
        Picture picture = random(height, width);
        Preprocessing pad =
                Preprocessing.builder()
                        .resize(new Resizing.Contain(boxHeight, boxWidth, 114))
                        .build();
        Picture resized = Resize.to(picture, h, w, Interpolation.BILINEAR);
        assertThat(seen(pad, picture).toArray())
                .isEqualTo(slowly(resized, top, left, boxHeight, boxWidth, 114).toArray());
        assertThat(pad.fixedSize()).contains(new ImageSize(boxHeight, boxWidth));
    }

    @Test
    void longerEdgeMakesASquare() {
        Preprocessing pad =
                Preprocessing.builder()
                        .resize(Resizing.longerEdge(16, 9))
                        .centerCrop(1, 1)
                        .interpolation(Interpolation.BOX)
                        .build();
        assertThat(pad.outputSize(random(3, 7))).isEqualTo(new ImageSize(1, 1));
        assertThat(Preprocessing.builder().resize(Resizing.longerEdge(16, 9)).build().fixedSize())
                .contains(new ImageSize(16, 16));
    }

    /** A crop always meets the picture, however thin it is. */
    @Test
    void croppingAPaddedPictureLeavesSomeOfIt() {
        for (int height = 1; height < 12; height++) {
            for (int crop = 1; crop < 12; crop++) {
                Placement placement =
                        Placement.of(
                                height, 60, new Resizing.Contain(11, 9, 0), new ImageSize(crop, 3));
                Window window = placement.window();
                assertThat(window.height()).isPositive();
                assertThat(window.bottom()).isLessThanOrEqualTo(placement.height());
                assertThat(placement.top() + window.height()).isLessThanOrEqualTo(crop);
            }
        }
    }

    /** Resized whole it would be 20 million pixels wide: only the middle is computed. */
    @Test
    void aVeryLongPictureIsCutWithoutBeingMadeWhole() {
        Picture line = random(1, 65_535);
        Preprocessing cut =
                Preprocessing.builder()
                        .resize(Resizing.shorterEdge(300))
                        .centerCrop(30, 40)
                        .interpolation(Interpolation.NEAREST)
                        .build();
        // Columns 300·32767.5 − 20 to + 20: the middle pixel of the line and nothing else.
        Picture seen = seen(cut, line);
        assertThat(seen.get(0, 0, 0)).isEqualTo(line.get(0, 32_767, 0));
        assertThat(seen.get(29, 39, 2)).isEqualTo(line.get(0, 32_767, 2));
        Preprocessing whole = Preprocessing.builder().resize(Resizing.shorterEdge(300)).build();
        assertThatThrownBy(() -> whole.outputSize(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("width: 19660500 (expected: 1 to 65535)");
    }

    @Test
    void targetsMustFit() {
        Preprocessing preprocessing =
                Preprocessing.builder().resize(Resizing.stretch(4, 6)).build();
        Picture picture = random(2, 2);
        assertThatThrownBy(() -> preprocessing.apply(picture, Tensor.zeros(arena, 1, 3, 6, 4), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("target: shape [1, 3, 6, 4] (expected: [N, 3, 4, 6])");
        assertThatThrownBy(() -> preprocessing.apply(picture, Tensor.zeros(arena, 3, 4, 6), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> preprocessing.apply(picture, Tensor.zeros(arena, 1, 1, 4, 6), 0))
                .isInstanceOf(IllegalArgumentException.class);
        Tensor good = Tensor.zeros(arena, 1, 3, 4, 6);
        assertThatThrownBy(() -> preprocessing.apply(picture, good, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> preprocessing.apply(picture, good, -1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        Tensor repeated = Tensor.zeros(arena, 1, 1, 4, 6).expand(1, 3, 4, 6);
        assertThatThrownBy(() -> preprocessing.apply(picture, repeated, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no two indices for one element");
    }

    @Test
    void aDescriptionMustMakeSense() {
        Preprocessing.Builder builder = Preprocessing.builder();
        assertThatThrownBy(() -> builder.std(1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("std: 0 (expected: not 0)");
        assertThatThrownBy(() -> builder.mean(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean: NaN (expected: a finite number)");
        assertThatThrownBy(() -> builder.rescale(Double.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.centerCrop(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("height: 0 (expected: 1 to 16384)");
        assertThatThrownBy(() -> Resizing.stretch(1, 16_385))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("width: 16385 (expected: 1 to 16384)");
        assertThatThrownBy(() -> Resizing.longerEdge(5, 256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fill: 256 (expected: 0 to 255)");
        assertThatThrownBy(() -> Preprocessing.builder().mean(1, 2).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean: 2 values (expected: 1 or 3, one for each channel)");
        assertThatThrownBy(() -> Preprocessing.builder().std(1e-300).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: finite values)");
        assertThat(Preprocessing.builder().centerCrop(3, 4).build())
                .hasToString(
                        "None[] BILINEAR, crop 3×4, RGB, (v · 1.0 − [0.0, 0.0, 0.0]) / [1.0, 1.0,"
                                + " 1.0]");
    }

    @Test
    void picturesAreChecked() {
        assertThatThrownBy(() -> Picture.of(2, 2, new byte[11]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rgb: 11 bytes (expected: 12)");
        assertThatThrownBy(() -> Picture.of(0, 2, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("picture height: 0 (expected: 1 to 65535)");
        Picture picture = Picture.of(1, 2, new byte[] {1, 2, 3, 4, 5, (byte) 200});
        assertThat(picture.get(0, 1, 2)).isEqualTo(200);
        assertThatThrownBy(() -> picture.get(0, 2, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(picture).hasToString("Picture[1×2]");
    }

    /**
     * Once the buffers have their size, what is left is a few small objects, and those that vectors
     * are until their loops are compiled.
     */
    @Test
    void steadyStateAllocatesNoBuffers() {
        Preprocessing preprocessing =
                Preprocessing.builder().resize(Resizing.shorterEdge(64)).centerCrop(56, 70).build();
        Picture picture = random(120, 160);
        Tensor target = target("last", 1, 3, 56, 70);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 1000 && least >= 4096; round++) {
            preprocessing.apply(picture, target, 0);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) {
                preprocessing.apply(picture, target, 0);
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 20);
        }
        assertThat(least).isLessThan(4096); // one output alone has 11,760 bytes
    }
}
