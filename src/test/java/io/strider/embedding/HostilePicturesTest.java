package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of damaged files: a picture within the limits or a refusal, and little memory. */
class HostilePicturesTest {
    private static final int ROUNDS = 300;
    private static final DecodingLimits LIMITS = new DecodingLimits(1 << 20, 100_000);

    /** A picture at the limit takes 300 kB, its orientation and CMYK as much again. */
    private static final long MOST_ALLOCATED = 8 << 20;

    /**
     * TwelveMonkeys makes tables of five kilobytes for each group of codes that a file declares.
     */
    private static final long MOST_ALLOCATED_BY_WEBP = 64 << 20;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subsampled.jpg",
                "progressive.jpg",
                "restart.jpg",
                "cmyk.jpg",
                "sideways.jpg",
                "palette.png",
                "translucent.png",
                "interlaced.gif",
                "palette.bmp",
                "plain.bmp",
                "lossless.webp",
                "lossless-palette.webp",
                "animated.webp",
                "lossy-translucent.webp"
            })
    void damageIsRefusedOrHarmless(String name) {
        byte[] original = Goldens.bytes(name);
        // A hang would otherwise stop the whole suite; nothing here takes a hundredth of it.
        assertTimeoutPreemptively(
                Duration.ofMinutes(2),
                () -> {
                    for (int seed = 0; seed < ROUNDS; seed++) {
                        attempt(name, seed, damaged(original, new Random(seed)));
                    }
                });
    }

    private static void attempt(String name, int seed, byte[] file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            Picture picture = new ImageDecoder(LIMITS).decode(file, name);
            assertThat((long) picture.height() * picture.width())
                    .as("%s, seed %s", name, seed)
                    .isBetween(1L, LIMITS.maxPixels());
        } catch (ImageFormatException refused) {
            assertThat(refused).as("%s, seed %s", name, seed).hasMessageStartingWith(name + ": ");
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes allocated for %s, seed %s", name, seed)
                .isLessThan(name.endsWith(".webp") ? MOST_ALLOCATED_BY_WEBP : MOST_ALLOCATED);
    }

    private static byte[] damaged(byte[] original, Random random) {
        byte[] file = original.clone();
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
        int changes = 1 + random.nextInt(6);
        // Half of the damage is done to the header, where it tells.
        int reach = random.nextBoolean() ? Math.min(64, file.length) : file.length;
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(reach);
            switch (random.nextInt(4)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt(256);
                case 2 -> file[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                default -> {
                    int length = Math.min(file.length - at, 1 + random.nextInt(8));
                    byte[] block = new byte[length];
                    random.nextBytes(block);
                    System.arraycopy(block, 0, file, at, length);
                }
            }
        }
        return file;
    }
}
