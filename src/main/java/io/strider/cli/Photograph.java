package io.strider.cli;

import io.strider.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import javax.imageio.ImageIO;

/** The packaged photograph and the network's input that is made from it. */
final class Photograph {
    static final String NAME = "astronaut-face.png";

    /** Mean red, green and blue of the pictures that the network was trained on. */
    private static final double[] MEANS = {122.782, 117.001, 104.298};

    private static final double RANGE = 255;

    private Photograph() {}

    static BufferedImage read(GoldenCases cases) throws IOException {
        ImageIO.setUseCache(false); // a picture of a few kilobytes needs no file on the disk
        try (InputStream input = cases.open(NAME)) {
            BufferedImage image = ImageIO.read(input);
            if (image == null) {
                throw new IOException("golden/" + NAME + ": not a picture");
            }
            return image;
        }
    }

    /** Makes (value − mean) / 255, 1×3×height×width, channels red, green, blue. */
    static Tensor toInput(BufferedImage image, Arena arena) {
        int height = image.getHeight();
        int width = image.getWidth();
        float[] values = new float[MEANS.length * height * width];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int rgb = image.getRGB(column, row);
                for (int c = 0; c < MEANS.length; c++) {
                    int value = rgb >> (16 - 8 * c) & 0xff;
                    values[(c * height + row) * width + column] =
                            (float) ((value - MEANS[c]) / RANGE);
                }
            }
        }
        return Tensor.of(arena, values, 1, MEANS.length, height, width);
    }
}
