package io.strider.server.inference;

import io.strider.embedding.ImageEmbedderTest;
import io.strider.onnx.OnnxBuilder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/** Small models and pictures for tests. */
final class TestModels {
    private TestModels() {}

    /** The mean of each channel of pictures of 4×6, times a factor; not scaled to length 1. */
    static byte[] means(float factor) {
        return new OnnxBuilder()
                .opset(17)
                .input("x", "N", 3, "H", "W")
                .initializer("factor", new float[] {factor, 0, 0}, 1, 3, 1, 1)
                .node("GlobalAveragePool", List.of("x"), List.of("mean"))
                .node("Add", List.of("mean", "factor"), List.of("y"))
                .output("y")
                .metadata("image.size", "4x6")
                .toBytes();
    }

    /** y = x + x, of rows of five numbers. */
    static byte[] doubling(Object batch) {
        return new OnnxBuilder()
                .opset(17)
                .input("x", batch, 5)
                .node("Add", List.of("x", "x"), List.of("y"))
                .output("y")
                .toBytes();
    }

    static ModelFile file(Path folder, String name, byte[] model) {
        try {
            return new ModelFile(name, Files.write(folder.resolve(name + ".onnx"), model));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A PNG of one colour. */
    static byte[] png(int height, int width, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return out.toByteArray();
    }

    static Call call(String caller) {
        return Call.within("test", caller, 1, TimeUnit.MINUTES);
    }

    /** The packaged photographs of faces, eight. */
    static List<byte[]> photographs() throws IOException {
        List<byte[]> photographs = new ArrayList<>();
        byte[] names = bytes(ImageEmbedderTest.class, "face_recognition.expected.txt");
        for (String name : new String(names, StandardCharsets.UTF_8).lines().toList()) {
            photographs.add(bytes(ImageEmbedderTest.class, "/io/strider/cli/photographs/" + name));
        }
        return photographs;
    }

    private static byte[] bytes(Class<?> beside, String resource) throws IOException {
        try (InputStream stream = beside.getResourceAsStream(resource)) {
            return stream.readAllBytes();
        }
    }
}
