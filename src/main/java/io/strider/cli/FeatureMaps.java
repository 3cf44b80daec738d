package io.strider.cli;

import io.strider.tensor.Tensor;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/** Draws a photograph beside the feature maps that a layer made of it. */
final class FeatureMaps {
    private static final int COLUMNS = 8;
    private static final int MARGIN = 20;
    private static final int GAP = 6;
    private static final int TILE = 90;
    private static final int BACKGROUND = 0x10131c;

    /** How much of the values, at both ends, may be left without a colour of their own. */
    private static final double CLIPPED = 0.01;

    private FeatureMaps() {}

    /** Pixels in a row of the picture. */
    static int width(long maps) {
        int columns = (int) Math.min(maps, COLUMNS);
        return MARGIN + photographSize(maps) + MARGIN + gridSize(columns) + MARGIN;
    }

    /** Rows of pixels of the picture. */
    static int height(long maps) {
        return MARGIN + photographSize(maps) + MARGIN;
    }

    /** The photograph is as high as the grid beside it. */
    private static int photographSize(long maps) {
        return gridSize((int) Math.ceilDiv(maps, COLUMNS));
    }

    private static int gridSize(int tiles) {
        return tiles * TILE + (tiles - 1) * GAP;
    }

    /**
     * Draws the picture.
     *
     * @param photograph square
     * @param y the feature maps, 1×maps×height×width
     */
    static BufferedImage draw(BufferedImage photograph, Tensor y) {
        long maps = y.size(1);
        BufferedImage picture =
                new BufferedImage(width(maps), height(maps), BufferedImage.TYPE_INT_RGB);
        int size = photographSize(maps);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setColor(new java.awt.Color(BACKGROUND));
            graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
            graphics.setRenderingHint(
                    RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.drawImage(photograph, MARGIN, MARGIN, size, size, null);
        } finally {
            graphics.dispose();
        }
        for (int map = 0; map < maps; map++) {
            int left = 2 * MARGIN + size + map % COLUMNS * (TILE + GAP);
            int top = MARGIN + map / COLUMNS * (TILE + GAP);
            drawMap(y.select(1, map).select(0, 0), picture, left, top);
        }
        return picture;
    }

    /** One map, its values spread over the whole colour scale. */
    private static void drawMap(Tensor map, BufferedImage picture, int left, int top) {
        int height = Math.toIntExact(map.size(0));
        int width = Math.toIntExact(map.size(1));
        float[] values = map.toArray();
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        float low = sorted[(int) (CLIPPED * (sorted.length - 1))];
        float high = sorted[(int) ((1 - CLIPPED) * (sorted.length - 1))];
        double range = high > low ? high - low : 1;
        for (int row = 0; row < TILE; row++) {
            for (int column = 0; column < TILE; column++) {
                double value =
                        sample(
                                values,
                                height,
                                width,
                                (row + 0.5) / TILE * height - 0.5,
                                (column + 0.5) / TILE * width - 0.5);
                picture.setRGB(left + column, top + row, ColorScale.color((value - low) / range));
            }
        }
    }

    /**
     * Between four values, linearly; colours are made afterwards, so that they stay the scale's.
     */
    private static double sample(float[] values, int height, int width, double row, double column) {
        double y = Math.clamp(row, 0, height - 1.0);
        double x = Math.clamp(column, 0, width - 1.0);
        int top = (int) y;
        int left = (int) x;
        int bottom = Math.min(top + 1, height - 1);
        int right = Math.min(left + 1, width - 1);
        double down = y - top;
        double across = x - left;
        double above =
                values[top * width + left] * (1 - across) + values[top * width + right] * across;
        double below =
                values[bottom * width + left] * (1 - across)
                        + values[bottom * width + right] * across;
        return above * (1 - down) + below * down;
    }
}
