package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
    private final Arena arena = Arena.ofConfined();

    @TempDir Path folder;

    @AfterEach
    void close() {
        arena.close();
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(folder, "input", ".npy"), content);
    }

    private Tensor streamed(byte[] content) throws IOException {
        return Npy.read(new ByteArrayInputStream(content), arena, content.length * 4L);
    }

    @Test
    void whatNumPyWroteIsWrittenBackToTheByte() throws IOException {
        for (String name :
                new String[] {
                    "seed-stride1-x",
                    "asymmetric-pad-x",
                    "asymmetric-pad-w",
                    "depthwise-b",
                    "scalar"
                }) {
            byte[] original = NpyFiles.packaged(name);
            Path copy = folder.resolve(name + ".npy");
            Npy.write(copy, Npy.read(file(original), arena));
            assertThat(Files.readAllBytes(copy)).as(name).isEqualTo(original);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            Npy.write(stream, streamed(original));
            assertThat(stream.toByteArray()).as(name).isEqualTo(original);
        }
    }

    @Test
    void theFirstReferenceInputIsReadAsItIs() throws IOException {
        Tensor x = Npy.read(file(NpyFiles.packaged("seed-stride1-x")), arena);
        assertThat(x.shape()).containsExactly(1, 2, 5, 5);
        assertThat(
                        Npy.readDoubles(
                                        new ByteArrayInputStream(
                                                NpyFiles.packaged("seed-stride1-x")),
                                        400)
                                .values())
                .containsExactly(doubles(x.toArray()));
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    @Test
    void allVersionsTypesAndOrdersAreRead() throws IOException {
        for (String name :
                new String[] {"fortran-float32", "version2-float64", "version3-uint8-fortran"}) {
            byte[] content = NpyFiles.packaged(name);
            double scale = name.contains("float64") ? 0.125 : name.contains("uint8") ? 8 : 1;
            double[] expected = new double[30];
            for (int i = 0; i < 30; i++) {
                expected[i] = i * scale;
            }
            for (Tensor tensor : new Tensor[] {streamed(content), Npy.read(file(content), arena)}) {
                assertThat(tensor.shape()).as(name).containsExactly(2, 3, 5);
                assertThat(doubles(tensor.toArray())).as(name).containsExactly(expected);
                assertThat(tensor.stride(0)).as(name).isEqualTo(name.contains("fortran") ? 1 : 15);
            }
            Npy.Doubles doubles = Npy.readDoubles(new ByteArrayInputStream(content), 240);
            assertThat(doubles.shape()).as(name).containsExactly(2, 3, 5);
            assertThat(doubles.values()).as(name).containsExactly(expected);
        }
        assertThat(Npy.read(file(NpyFiles.packaged("scalar")), arena).get()).isEqualTo(2.5f);
    }

    @Test
    void float64IsRoundedAndUnsignedBytesStayPositive() throws IOException {
        java.nio.ByteBuffer data =
                java.nio.ByteBuffer.allocate(24).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putDouble(1e300).putDouble(-0.0);
        byte[] content =
                NpyFiles.withHeader(
                        1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}", data.array());
        assertThat(streamed(content).toArray()).containsExactly(0.1f, Float.POSITIVE_INFINITY, -0f);
        assertThat(Npy.readDoubles(new ByteArrayInputStream(content), 24).values())
                .containsExactly(0.1, 1e300, -0.0);
        byte[] bytes =
                NpyFiles.withHeader(
                        1,
                        "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}",
                        new byte[] {0, 127, -1});
        assertThat(streamed(bytes).toArray()).containsExactly(0, 127, 255);
    }

    @Test
    void headersMayBeWrittenInOtherHands() throws IOException {
        byte[] data = NpyFiles.floats(1, 2, 3, 4, 5, 6);
        String[] headers = {
            "{\"shape\":(2,3),\"descr\":\"<f4\",\"fortran_order\":False}",
            "{'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<f4' , }",
            "  {\n'descr': '<f4',\t'fortran_order': False, 'shape': (2, 3), }  ",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }"
        };
        for (String header : headers) {
            for (int version = 1; version <= (header.contains("L") ? 2 : 3); version++) {
                Tensor tensor = streamed(NpyFiles.withHeader(version, header, data));
                assertThat(tensor.shape()).as(header).containsExactly(2, 3);
                assertThat(tensor.toArray()).as(header).containsExactly(1, 2, 3, 4, 5, 6);
            }
        }
    }

    @Test
    void everyLayoutIsWrittenInRowMajorOrder() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long[] shape =
                    Positions.randomShape(random, 1 + random.nextInt(4), seed % 10 == 0 ? 30 : 6);
            Tensor numbered = Positions.numbered(arena, shape);
            Tensor view =
                    numbered.slice(0, 0, shape[0], 1 + random.nextInt(2))
                            .transpose(0, shape.length - 1);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            Npy.write(stream, view);
            Tensor back = streamed(stream.toByteArray());
            assertThat(back.shape()).as("seed " + seed).containsExactly(view.shape());
            assertThat(back.toArray()).as("seed " + seed).containsExactly(view.toArray());
        }
    }

    @Test
    void largeTensorsPassThroughInChunks() throws IOException {
        for (long[] shape :
                new long[][] {
                    {20_000}, {3, 8193}, {8193, 3}, {1, 1, 100_001}, {0, 5}, {2, 3, 50, 70}
                }) {
            Tensor tensor = Positions.numbered(arena, shape).transpose(0, shape.length - 1);
            Path path = folder.resolve("large.npy");
            Npy.write(path, tensor);
            assertThat(Npy.read(path, arena).equalsWithin(tensor, 0, 0)).isTrue();
            assertThat(Npy.map(path, arena).equalsWithin(tensor, 0, 0)).isTrue();
        }
    }

    @Test
    void streamsAreReadUpToTheLastElementOnly() throws IOException {
        byte[] one = NpyFiles.packaged("asymmetric-pad-x");
        byte[] two = NpyFiles.packaged("version2-float64");
        InputStream input = new ByteArrayInputStream(NpyFiles.joined(one, two, new byte[] {42}));
        Tensor first = Npy.read(input, arena, 100_000);
        Npy.Doubles second = Npy.readDoubles(input, 100_000);
        assertThat(first.toArray()).containsExactly(streamed(one).toArray());
        assertThat(second.values()).hasSize(30);
        assertThat(input.read()).isEqualTo(42);
    }

    @Test
    void streamsTakeNoMoreThanTheCallerAllows() throws IOException {
        byte[] bytes = NpyFiles.packaged("version3-uint8-fortran");
        assertThat(Npy.read(new ByteArrayInputStream(bytes), arena, 120).elementCount())
                .isEqualTo(30);
        assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(bytes), arena, 119))
                .isInstanceOf(NpyFormatException.class)
                .hasMessage(
                        "shape [2, 3, 5] of '|u1' (expected: elements of at most 119 bytes in all, the caller's limit)");
        assertThatThrownBy(() -> Npy.readDoubles(new ByteArrayInputStream(bytes), 239))
                .isInstanceOf(NpyFormatException.class);
        assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(bytes), arena, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes: -1 (expected: >= 0)");
        byte[] endless =
                NpyFiles.withHeader(
                        1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}");
        assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(endless), arena, 1 << 20))
                .isInstanceOf(NpyFormatException.class);
        assertThatThrownBy(() -> Npy.readDoubles(new ByteArrayInputStream(endless), Long.MAX_VALUE))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageContaining("2147483639");
    }

    @Test
    void filesMustBeAsLongAsTheyDeclare() throws IOException {
        byte[] whole = NpyFiles.packaged("asymmetric-pad-x");
        Path shorter = file(NpyFiles.cut(whole, whole.length - 1));
        Path longer = file(NpyFiles.cut(whole, whole.length + 1));
        for (Path path : new Path[] {shorter, longer}) {
            assertThatThrownBy(() -> Npy.read(path, arena))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessageStartingWith(
                            path
                                    + ": "
                                    + Files.size(path)
                                    + " bytes (expected: 128 of header and "
                                    + (whole.length - 128)
                                    + " of elements");
            assertThatThrownBy(() -> Npy.map(path, arena))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessageContaining("bytes (expected: 128");
        }
        Path lying =
                file(
                        NpyFiles.withHeader(
                                1,
                                "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000000000,)}",
                                (byte) 1));
        assertThatThrownBy(() -> Npy.read(lying, arena))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageContaining("1000000000000000000 of elements");
    }

    @Test
    void mappingNeedsAlignedFloats() throws IOException {
        assertThat(Npy.map(file(NpyFiles.packaged("fortran-float32")), arena).get(1, 2, 4))
                .isEqualTo(29);
        assertThatThrownBy(() -> Npy.map(file(NpyFiles.packaged("version2-float64")), arena))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageContaining("descr: '<f8' (expected: '<f4'");
        byte[] padded =
                NpyFiles.withHeader(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}");
        byte[] odd =
                NpyFiles.joined(
                        NpyFiles.cut(padded, padded.length - 1),
                        new byte[] {' ', '\n'},
                        NpyFiles.floats(7));
        odd[8]++;
        Path path = file(odd);
        assertThat(Npy.read(path, arena).get(0)).isEqualTo(7);
        assertThatThrownBy(() -> Npy.map(path, arena))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageContaining(
                        "elements begin at byte "
                                + (padded.length + 1)
                                + " (expected: a multiple of 4");
        assertThat(Npy.map(file(NpyFiles.packaged("scalar")), arena).isReadOnly()).isTrue();
    }

    @Test
    void pathsThatAreNoFilesAreNamed() {
        Path missing = folder.resolve("missing.npy");
        assertThatThrownBy(() -> Npy.read(missing, arena))
                .isInstanceOf(IOException.class)
                .hasMessage(missing + ": does not exist (expected: a file to read)");
        assertThatThrownBy(() -> Npy.read(folder, arena))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + ": is a directory (expected: a regular file)");
        assertThatThrownBy(() -> Npy.map(folder, arena))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    void devicesAreNotReadForEver() {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device));
        assertThatThrownBy(() -> Npy.read(device, arena))
                .isInstanceOf(IOException.class)
                .hasMessage(device + ": is a device, pipe or socket (expected: a regular file)");
    }

    @Test
    void filesThatMayNotBeReadAreNamed() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read everything");
        Path secret = file(NpyFiles.packaged("scalar"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("-w-------"));
        assertThatThrownBy(() -> Npy.read(secret, arena))
                .isInstanceOf(IOException.class)
                .hasMessage(secret + ": may not be read (expected: read access)");
    }

    @Test
    void closedMemoryIsFoundOutBeforeAnythingIsWritten() {
        Tensor closed;
        try (Arena brief = Arena.ofConfined()) {
            closed = Tensor.zeros(brief, 3);
        }
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        assertThatThrownBy(() -> Npy.write(stream, closed))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Npy.write(folder.resolve("closed.npy"), closed))
                .isInstanceOf(IllegalStateException.class);
        assertThat(stream.size()).isZero();
        assertThat(folder).isEmptyDirectory();
    }
}
