package io.strider.benchmark.embed;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.RescaleOp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * JPEG files of 640×480 pixels, all different: parts of the packaged photographs, enlarged, of
 * another brightness and with a little noise, as a camera would make them. The same seed gives the
 * same files.
 */
public final class SyntheticPhotographs {
    static final int HEIGHT = 480;
    static final int WIDTH = 640;

    private static final List<String> SOURCES =
            List.of("astronaut-face.png", "chelsea-cat.png", "coffee.png", "rocket.png");

    private static final float QUALITY = 0.9f;
    private static final int NOISE = 9;

    private final Random random = new Random(640_480);
    private final List<BufferedImage> sources = new ArrayList<>();

    private SyntheticPhotographs() throws IOException {
        for (String name : SOURCES) {
            try (InputStream stream =
                    SyntheticPhotographs.class.getResourceAsStream(
                            "/io/strider/cli/photographs/" + name)) {
                if (stream == null) {
                    throw new IOException(name + ": not on the class path");
                }
                sources.add(ImageIO.read(stream));
            }
        }
    }

    /** Writes so many files into a folder, unless they are there. */
    public static void write(Path folder, int count) throws IOException {
        ImageIO.setUseCache(false);
        Files.createDirectories(folder);
        SyntheticPhotographs photographs = new SyntheticPhotographs();
        for (int i = 0; i < count; i++) {
            BufferedImage image = photographs.next();
            Path file = folder.resolve("%05d.jpg".formatted(i));
            if (!Files.exists(file)) {
                write(image, file);
            }
        }
    }

    private BufferedImage next() {
        BufferedImage source = sources.get(random.nextInt(sources.size()));
        int width = source.getWidth() / 2 + random.nextInt(source.getWidth() / 2);
        int height = Math.min(source.getHeight(), width * HEIGHT / WIDTH);
        int left = random.nextInt(source.getWidth() - width + 1);
        int top = random.nextInt(source.getHeight() - height + 1);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(
                source, 0, 0, WIDTH, HEIGHT, left, top, left + width, top + height, null);
        graphics.dispose();
        new RescaleOp(0.7f + 0.6f * random.nextFloat(), 0, null).filter(image, image);
        int[] pixels = image.getRGB(0, 0, WIDTH, HEIGHT, null, 0, WIDTH);
        for (int i = 0; i < pixels.length; i++) {
            int noise = random.nextInt(NOISE) - NOISE / 2;
            int pixel = 0;
            for (int shift = 0; shift < 24; shift += 8) {
                pixel |= Math.clamp((pixels[i] >> shift & 0xff) + noise, 0, 255) << shift;
            }
            pixels[i] = pixel;
        }
        image.setRGB(0, 0, WIDTH, HEIGHT, pixels, 0, WIDTH);
        return image;
    }

    private static void write(BufferedImage image, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam options = writer.getDefaultWriteParam();
        options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        options.setCompressionQuality(QUALITY);
        try (ImageOutputStream output = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(output);
            writer.write(null, new IIOImage(image, null, null), options);
        } finally {
            writer.dispose();
        }
    }
}
