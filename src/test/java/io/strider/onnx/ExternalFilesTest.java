package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Elements beside the model: read where they may be, refused anywhere else. */
class ExternalFilesTest {
    private final Arena arena = Arena.ofConfined();

    @TempDir private Path outer;

    private Path folder;

    @BeforeEach
    void files() throws IOException {
        folder = Files.createDirectories(outer.resolve("model/sub")).getParent();
        byte[] values = OnnxMessage.littleEndian(1, 2, 3, 4, 5, 6);
        Files.write(outer.resolve("secret.bin"), values);
        Files.write(folder.resolve("w.bin"), values);
        Files.write(folder.resolve("sub/w.bin"), values);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private static OnnxMessage tensor(String name, Map<String, String> entries, long... dims) {
        OnnxMessage tensor = OnnxBuilder.tensorHead(name, 1, dims).integer(14, 1);
        new TreeMap<>(entries)
                .forEach((key, value) ->
                        tensor.message(13, new OnnxMessage().text(1, key).text(2, value)));
        return tensor;
    }

    private OnnxModel read(OnnxMessage... tensors) throws IOException {
        Path path = folder.resolve("model.onnx");
        OnnxBuilder builder = new OnnxBuilder();
        for (OnnxMessage tensor : tensors) {
            builder.initializer(tensor);
        }
        builder.writeTo(path);
        return OnnxReader.read(path, arena);
    }

    private static double[] values(OnnxModel model, String name) throws IOException {
        return model.graph().initializers().get(name).toArray().toDoubles();
    }

    @Test
    void rangesOfFilesInTheFolderAreRead() throws IOException {
        OnnxModel model =
                read(
                        tensor("a", Map.of("location", "w.bin"), 2, 3),
                        tensor("b", Map.of("location", "sub/w.bin", "offset", "4"), 2),
                        tensor(
                                "c",
                                Map.of(
                                        "location", "./sub/w.bin",
                                        "offset", "12",
                                        "length", "12",
                                        "checksum", "0"),
                                3),
                        tensor("d", Map.of("location", "w.bin"), 6),
                        tensor("e", Map.of("location", "w.bin", "offset", "24"), 0));
        assertThat(values(model, "a")).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(values(model, "b")).containsExactly(2, 3);
        assertThat(values(model, "c")).containsExactly(4, 5, 6);
        assertThat(values(model, "e")).isEmpty();
        OnnxTensor shared = model.graph().initializers().get("d");
        assertThat(shared.data()).isEqualTo(model.graph().initializers().get("a").data());
        assertThat(shared.data().isReadOnly()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "../secret.bin, stays in the model's folder",
        "sub/../../secret.bin, stays in the model's folder",
        "sub/../w.bin, stays in the model's folder",
        "/etc/hostname, stays in the model's folder",
        "'', stays in the model's folder",
        "link.bin, stays in the model's folder",
        "door/secret.bin, stays in the model's folder",
        "sub, a regular file",
        ".., stays in the model's folder",
        "missing.bin, a file beside the model",
        "'a\0b', a path",
    })
    void otherPlacesAreRefused(String location, String expected) throws IOException {
        Files.createSymbolicLink(folder.resolve("link.bin"), outer.resolve("secret.bin"));
        Files.createSymbolicLink(folder.resolve("door"), outer);
        assertThatThrownBy(() -> read(tensor("w", Map.of("location", location), 6)))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("initializer 0 'w'")
                .hasMessageContaining("external_data: location")
                .hasMessageContaining(expected);
    }

    @Test
    void aLinkThatStaysInTheFolderIsFollowed() throws IOException {
        Files.createSymbolicLink(folder.resolve("near.bin"), Path.of("sub/w.bin"));
        OnnxModel model = read(tensor("w", Map.of("location", "near.bin"), 6));
        assertThat(values(model, "w")).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @CsvSource({
        "offset, -4, 'offset ''-4'' (expected: a number, >= 0)'",
        "offset, 1e3, 'offset ''1e3'' (expected: a number, >= 0)'",
        "offset, 99999999999999999999, a number",
        "length, 20, 'length 20 (expected: 24, as dims say)'",
        "offset, 4, '24 bytes from byte 4 on of'",
        "offset, 25, '24 bytes from byte 25 on of'",
        "offset, 9223372036854775807, (expected: within its 24 bytes)",
        "location, w.bin, key: twice",
    })
    void badRangesAreRefused(String key, String value, String expected) {
        OnnxMessage tensor = tensor("w", Map.of("location", "w.bin"), 6);
        tensor.message(13, new OnnxMessage().text(1, key).text(2, value));
        assertThatThrownBy(() -> read(tensor))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining(expected);
    }

    /** A small file must not become a large one by being read again and again. */
    @Test
    void overlappingRangesBeyondTheFileAreRefused() {
        assertThatThrownBy(() ->
                        read(
                                tensor("a", Map.of("location", "w.bin"), 5),
                                tensor("b", Map.of("location", "w.bin"), 6)))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("initializer 1 'b'")
                .hasMessageContaining("overlaps others");
    }

    @Test
    void elementsInTwoPlacesAreRefused() {
        OnnxMessage raw = tensor("w", Map.of("location", "w.bin"), 6).bytes(9, new byte[24]);
        assertThatThrownBy(() -> read(raw)).hasMessageContaining("raw_data: beside external data");
        OnnxMessage list = tensor("w", Map.of("location", "w.bin"), 6).packedFloats(4, 1);
        assertThatThrownBy(() -> read(list))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("float_data: beside external data");
    }

    @Test
    void bytesThatAreNoFileHaveNoFolder() {
        OnnxBuilder builder =
                new OnnxBuilder().initializer(tensor("w", Map.of("location", "w.bin"), 6));
        assertThatThrownBy(() -> OnnxReader.read(builder.toBytes(), "m", arena))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("'w.bin' (expected: none");
    }

    @Test
    void theLimitCountsExternalData() throws IOException {
        read(tensor("w", Map.of("location", "w.bin"), 6));
        Path path = folder.resolve("model.onnx");
        long size = Files.size(path);
        OnnxLimits less = new OnnxLimits(size, size + 23, 10_000);
        assertThatThrownBy(() -> OnnxReader.read(path, arena, less))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("24 bytes more");
        OnnxLimits enough = new OnnxLimits(size, size + 24, 10_000);
        assertThat(OnnxReader.read(path, arena, enough).graph().initializers()).hasSize(1);
    }
}
