package io.strider.cli;

import io.strider.tensor.Npy;
import io.strider.tensor.StagedFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What names and vectors are written as. */
enum EmbeddingFormat {
    /** A matrix, and the names in a file of their own: a line each. */
    NPY,

    /** An object a line, with {@code path} and {@code embedding}. */
    JSONL,

    /** A line for the titles, then one for each picture. */
    CSV;

    private static final String ENDING = ".npy";

    /** The format that a file's ending tells, if it does. */
    static @Nullable EmbeddingFormat ofName(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(ENDING)) {
            return NPY;
        }
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return JSONL;
        }
        return name.endsWith(".csv") ? CSV : null;
    }

    /** All files that are written for one output. */
    List<Path> files(Path output) {
        return this == NPY ? List.of(output, names(output)) : List.of(output);
    }

    /** {@code faces.names.txt} for {@code faces.npy}. */
    private static Path names(Path output) {
        String name = String.valueOf(output.getFileName());
        String stem =
                name.toLowerCase(Locale.ROOT).endsWith(ENDING)
                        ? name.substring(0, name.length() - ENDING.length())
                        : name;
        return output.resolveSibling(stem + ".names.txt");
    }

    /** Writes everything, all files or none. */
    void write(Path output, EmbeddingRows rows) throws IOException {
        try (StagedFiles staged = new StagedFiles()) {
            staged.stage(output, stream -> write(stream, rows));
            if (this == NPY) {
                staged.stage(
                        names(output),
                        stream -> rows.forEach((name, _) -> line(stream, RowText.escaped(name))));
            }
            staged.commit();
        }
    }

    private void write(OutputStream stream, EmbeddingRows rows) throws IOException {
        switch (this) {
            case NPY -> {
                Npy.writeHeader(stream, rows.count(), rows.dimensions());
                ByteBuffer bytes =
                        ByteBuffer.allocate(Math.multiplyExact(rows.dimensions(), Float.BYTES))
                                .order(ByteOrder.LITTLE_ENDIAN);
                rows.forEach((_, vector) -> {
                    bytes.asFloatBuffer().put(vector);
                    stream.write(bytes.array());
                });
            }
            case JSONL, CSV -> {
                if (this == CSV) {
                    line(stream, RowText.titles(rows.dimensions()));
                }
                rows.forEach((name, vector) -> line(stream, text(name, vector)));
            }
        }
    }

    /** One row of a format of lines. */
    String text(String name, float[] vector) {
        return switch (this) {
            case JSONL -> RowText.json(name, vector);
            case CSV -> RowText.csv(name, vector);
            case NPY -> throw new IllegalStateException("npy has no lines");
        };
    }

    private static void line(OutputStream stream, String text) throws IOException {
        stream.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
