package io.strider.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * Draws how alike pictures are: the pictures along the top and the left, between them a square for
 * each pair, the lighter the more alike, with the number in it.
 *
 * <p>Digits are drawn from a table, as a Java without a desktop may have no fonts.
 */
final class SimilarityPicture {
    private static final int MARGIN = 20;
    private static final int GAP = 6;
    private static final int TILE = 96;
    private static final int BACKGROUND = 0x10131c;

    /** Pixels of a digit's dot. */
    private static final int DOT = 3;

    private static final int GLYPH_WIDTH = 3;
    private static final int GLYPH_HEIGHT = 5;

    /** Rows from the top, three bits each. */
    private static final String SIGNS = "0123456789.-";

    private static final int[] GLYPHS = {
        0b111_101_101_101_111,
        0b010_110_010_010_111,
        0b111_001_111_100_111,
        0b111_001_111_001_111,
        0b101_101_111_001_001,
        0b111_100_111_001_111,
        0b111_100_111_101_111,
        0b111_001_010_010_010,
        0b111_101_111_101_111,
        0b111_101_111_001_111,
        0b000_000_000_000_010,
        0b000_000_111_000_000
    };

    private SimilarityPicture() {}

    /** Pixels of each side of the picture. */
    static int size(int pictures) {
        return 2 * MARGIN + (pictures + 1) * TILE + pictures * GAP;
    }

    /**
     * Draws the picture.
     *
     * @param pictures in the order of the rows
     * @param similarities of each pair, −1 to 1
     */
    static BufferedImage draw(List<BufferedImage> pictures, double[][] similarities) {
        int size = size(pictures.size());
        double least = least(similarities);
        BufferedImage drawing = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = drawing.createGraphics();
        try {
            graphics.setColor(new Color(BACKGROUND));
            graphics.fillRect(0, 0, size, size);
            graphics.setRenderingHint(
                    RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            for (int i = 0; i < pictures.size(); i++) {
                drawFitted(graphics, pictures.get(i), place(i + 1), place(0));
                drawFitted(graphics, pictures.get(i), place(0), place(i + 1));
            }
            for (int row = 0; row < pictures.size(); row++) {
                for (int column = 0; column < pictures.size(); column++) {
                    double similarity = similarities[row][column];
                    double shade = (similarity - least) / (1 - least);
                    drawCell(graphics, place(column + 1), place(row + 1), similarity, shade);
                }
            }
        } finally {
            graphics.dispose();
        }
        return drawing;
    }

    /** The darkest shade is the least alike pair's; where all are the same, it is not used. */
    private static double least(double[][] similarities) {
        double least = Math.nextDown(1.0);
        for (double[] row : similarities) {
            for (double similarity : row) {
                least = Math.min(least, similarity);
            }
        }
        return least;
    }

    private static int place(int index) {
        return MARGIN + index * (TILE + GAP);
    }

    /** The whole picture in its tile. */
    private static void drawFitted(Graphics2D graphics, BufferedImage picture, int left, int top) {
        double scale = (double) TILE / Math.max(picture.getWidth(), picture.getHeight());
        int width = (int) Math.max(1, Math.round(picture.getWidth() * scale));
        int height = (int) Math.max(1, Math.round(picture.getHeight() * scale));
        graphics.drawImage(
                picture, left + (TILE - width) / 2, top + (TILE - height) / 2, width, height, null);
    }

    private static void drawCell(
            Graphics2D graphics, int left, int top, double similarity, double shade) {
        graphics.setColor(new Color(ColorScale.color(shade)));
        graphics.fillRect(left, top, TILE, TILE);
        graphics.setColor(shade > 0.6 ? new Color(BACKGROUND) : Color.WHITE);
        String text = String.format(Locale.ROOT, "%.2f", similarity);
        int advance = (GLYPH_WIDTH + 1) * DOT;
        int x = left + (TILE - text.length() * advance + DOT) / 2;
        int y = top + (TILE - GLYPH_HEIGHT * DOT) / 2;
        for (int i = 0; i < text.length(); i++) {
            int sign = SIGNS.indexOf(text.charAt(i));
            if (sign >= 0) { // NaN has none
                drawSign(graphics, GLYPHS[sign], x + i * advance, y);
            }
        }
    }

    private static void drawSign(Graphics2D graphics, int glyph, int left, int top) {
        for (int bit = 0; bit < GLYPH_WIDTH * GLYPH_HEIGHT; bit++) {
            if ((glyph >> (GLYPH_WIDTH * GLYPH_HEIGHT - 1 - bit) & 1) != 0) {
                graphics.fillRect(
                        left + bit % GLYPH_WIDTH * DOT, top + bit / GLYPH_WIDTH * DOT, DOT, DOT);
            }
        }
    }
}
