package io.strider.cli;

import io.strider.onnx.OnnxBuilder;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures of one colour, and a model whose vector is their mean red, green and blue. */
final class Pictures {
    private Pictures() {}

    /** The format is the file's ending. */
    static Path write(Path file, int height, int width, Color color) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < height * width; i++) {
            image.setRGB(i % width, i / width, color.getRGB());
        }
        String name = file.toString();
        String format = name.substring(name.lastIndexOf('.') + 1);
        Files.createDirectories(file.getParent());
        if (!ImageIO.write(image, format, file.toFile())) {
            throw new IOException("no writer for " + format);
        }
        return file;
    }

    /** A colour for each number, none black. */
    static Color color(int number) {
        return new Color(1 + number * 37 % 255, 1 + number * 91 % 255, 1 + number * 53 % 255);
    }

    /** What the model makes of a picture of one colour, not scaled. */
    static float[] vector(Color color) {
        return new float[] {color.getRed(), color.getGreen(), color.getBlue()};
    }

    /** The same, scaled to length 1. */
    static float[] unit(Color color) {
        float[] vector = vector(color);
        double length =
                Math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / length);
        }
        return vector;
    }

    /** 3 numbers: {@code mean}, N×3×1×1; {@code relu} is inside. */
    static Path model(Path file) throws IOException {
        return write(
                file,
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 3, "H", "W")
                        .node("Relu", List.of("x"), List.of("relu"))
                        .node("GlobalAveragePool", List.of("relu"), List.of("mean"))
                        .output("mean")
                        .metadata("image.size", "7x10"));
    }

    private static Path write(Path file, OnnxBuilder model) throws IOException {
        return Files.write(file, model.toBytes());
    }
}
