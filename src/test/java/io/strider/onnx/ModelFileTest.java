package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
    private static final byte[] BYTES = {0, 1, 2, -1, 4, 5, 6, 7};

    @TempDir Path folder;

    @Test
    void portionsAndRunsAreTheFiles() throws IOException {
        Path path = Files.write(folder.resolve("a.onnx"), BYTES);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileBytes.open(path)) {
            ModelFile file = new ModelFile("a.onnx", channel, BYTES.length, arena);
            assertThat(file.size()).isEqualTo(BYTES.length);
            MemorySegment run = file.run(3, 2);
            assertThat(run.toArray(ValueLayout.JAVA_BYTE)).containsExactly(-1, 4);
            assertThat(run.isReadOnly()).isTrue();
            try (InputStream stream = file.stream()) {
                assertThat(stream.skip(3)).isEqualTo(3);
                assertThat(stream.available()).isEqualTo(5);
                assertThat(stream.read()).isEqualTo(255);
                assertThat(stream.readNBytes(2)).containsExactly(4, 5);
                assertThat(stream.read(new byte[0])).isZero();
                assertThat(stream.skip(9)).isEqualTo(2);
                assertThat(stream.skip(-1)).isZero();
                assertThat(stream.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aFileThatBecomesShorterIsNamed() throws IOException {
        Path path = Files.write(folder.resolve("b.onnx"), BYTES);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileBytes.open(path);
                FileChannel other = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ModelFile file = new ModelFile("b.onnx", channel, BYTES.length, arena);
            other.truncate(4);
            String message = "b.onnx: became shorter while it was read";
            assertThatExceptionOfType(OnnxFormatException.class)
                    .isThrownBy(() -> file.run(3, 2))
                    .withMessage(message);
            try (InputStream stream = file.stream()) {
                assertThatExceptionOfType(OnnxFormatException.class)
                        .isThrownBy(stream::readAllBytes)
                        .withMessage(message);
            }
        }
    }
}
