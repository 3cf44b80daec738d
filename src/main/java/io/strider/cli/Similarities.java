package io.strider.cli;

import io.strider.embedding.Picture;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How alike pictures are: the cosine of the angle between each two vectors.
 *
 * @param names of the pictures
 * @param pictures as they were read
 * @param matrix a row and a column for each picture, −1 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, compared by nobody
record Similarities(List<String> names, List<Picture> pictures, double[][] matrix) {
    /** Of vectors that need not have length 1; one of zeros is like no other. */
    static double[][] of(List<float[]> vectors) {
        int count = vectors.size();
        double[][] matrix = new double[count][count];
        for (int row = 0; row < count; row++) {
            for (int column = 0; column < count; column++) {
                matrix[row][column] = cosine(vectors.get(row), vectors.get(column));
            }
        }
        return matrix;
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squareA += (double) a[i] * a[i];
            squareB += (double) b[i] * b[i];
        }
        return squareA == 0 || squareB == 0 ? 0 : product / Math.sqrt(squareA * squareB);
    }

    /** Prints the matrix, a line for each picture, numbered. */
    void print(PrintWriter out) {
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        out.printf("%" + (width + 5) + "s", "");
        for (int column = 0; column < names.size(); column++) {
            out.printf(Locale.ROOT, "%7d", column + 1);
        }
        out.println();
        for (int row = 0; row < names.size(); row++) {
            out.printf(Locale.ROOT, "%3d  %-" + width + "s", row + 1, names.get(row));
            for (double similarity : matrix[row]) {
                out.printf(Locale.ROOT, "%7.3f", similarity);
            }
            out.println();
        }
    }

    /** The matrix as a picture. */
    BufferedImage draw() {
        List<BufferedImage> images = new ArrayList<>();
        for (Picture picture : pictures) {
            images.add(image(picture));
        }
        return SimilarityPicture.draw(images, matrix);
    }

    private static BufferedImage image(Picture picture) {
        byte[] rgb = picture.toArray();
        int[] pixels = new int[rgb.length / 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] =
                    (rgb[3 * i] & 0xff) << 16
                            | (rgb[3 * i + 1] & 0xff) << 8
                            | (rgb[3 * i + 2] & 0xff);
        }
        BufferedImage image =
                new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, picture.width(), picture.height(), pixels, 0, picture.width());
        return image;
    }
}
