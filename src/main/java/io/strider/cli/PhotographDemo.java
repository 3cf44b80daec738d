package io.strider.cli;

import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Embeds the packaged photographs: five versions of one face, and three of other things. */
final class PhotographDemo {
    private static final List<String> FACES =
            List.of(
                    "astronaut-face.png",
                    "astronaut-face-dark.png",
                    "astronaut-face-mirrored.png",
                    "astronaut-face-shifted.png",
                    "astronaut-face-wider.png");

    private static final List<String> OTHERS =
            List.of("chelsea-cat.png", "coffee.png", "rocket.png");

    private PhotographDemo() {}

    /**
     * Prints and draws how alike they are.
     *
     * @param file where the picture goes
     * @return whether each two versions of the face are more alike than any of them is to anything
     *     else
     */
    static boolean run(PrintWriter out, Path file) throws IOException {
        ImageDecoder decoder = new ImageDecoder();
        List<String> names = new ArrayList<>(FACES);
        names.addAll(OTHERS);
        List<Picture> pictures = new ArrayList<>();
        for (String name : names) {
            pictures.add(decoder.decode(open(name), name));
        }
        try (ImageEmbedder embedder = ImageEmbedder.ofFaces()) {
            long start = System.nanoTime();
            Similarities similarities =
                    new Similarities(names, pictures, Similarities.of(embedder.embed(pictures)));
            double milliseconds = (System.nanoTime() - start) / 1e6;
            out.printf(
                    Locale.ROOT,
                    "%d photographs go through a face recognition network and become %d numbers each"
                            + " (%.0f ms, not yet warm).%n",
                    names.size(),
                    embedder.dimensions(),
                    milliseconds);
            out.println("How alike they are, 1 for the same:");
            out.println();
            similarities.print(out);
            CompareCommand.write(similarities, file);
            double same = alike(similarities, true);
            double other = alike(similarities, false);
            out.println();
            out.printf(
                    Locale.ROOT,
                    "The versions of one face: at least %.3f. The face and anything else: at most"
                            + " %.3f.%n",
                    same,
                    other);
            out.println("Drawn: " + Failures.oneLine(file.toString()));
            return same > other;
        }
    }

    private static byte[] open(String name) throws IOException {
        try (InputStream stream = PhotographDemo.class.getResourceAsStream("photographs/" + name)) {
            if (stream == null) {
                throw new IOException(
                        "photographs/"
                                + name
                                + ": missing (expected: strider-golden.jar on the"
                                + " class path)");
            }
            return stream.readAllBytes();
        }
    }

    /**
     * The least likeness of two versions of the face, or the greatest of one and something else.
     */
    private static double alike(Similarities similarities, boolean faces) {
        double result = faces ? 1 : -1;
        for (int row = 0; row < FACES.size(); row++) {
            for (int column = 0; column < similarities.names().size(); column++) {
                double similarity = similarities.matrix()[row][column];
                if (faces && column < FACES.size()) {
                    result = Math.min(result, similarity);
                } else if (!faces && column >= FACES.size()) {
                    result = Math.max(result, similarity);
                }
            }
        }
        return result;
    }
}
