package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyHostileTest {
    @TempDir Path folder;

    private void refused(byte[] content, String message) throws IOException {
        Path path = Files.write(folder.resolve("hostile.npy"), content);
        try (Arena arena = new Counting(1 << 20)) {
            assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(content), arena, 1 << 20))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessageContaining(message);
            assertThatThrownBy(() -> Npy.readDoubles(new ByteArrayInputStream(content), 1 << 20))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessageContaining(message);
            assertThatThrownBy(() -> Npy.read(path, arena))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessageStartingWith(path + ": ")
                    .hasMessageContaining(message);
            assertThatThrownBy(() -> Npy.map(path, arena))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessageContaining(message);
            assertThat(((Counting) arena).bytes).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            quoteCharacter = '~',
            value = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} | '-1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, +3)} | a size, 0 or a positive whole number",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3.0)} | '.0)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1e3)} | 'e3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0x10,)} | 'x10,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (007,)} | '007,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1_000,)} | '_000,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2LL,)} | 'L,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)} | ',)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (,)} | ',)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3)} | a comma, as in (3,)",
                "{'descr': '<f4', 'fortran_order': False, 'shape': [3]} | '[3]}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': 3} | '3}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': None} | 'None}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': ((((2,),),),)} | '(((2,),),),)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,3 | the end at character",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)} | at most 8 dimensions",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)} | a size below 2^63",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999999,)} | a size below 2^63",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)} | below 2^63",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)} | below 2^63",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807)} | below 2^63",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000000000000,)} | below 2^63",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000000,)} | 1000000000000000000",
                "{'descr': '>f4', 'fortran_order': False, 'shape': (3,)} | '>f4', big-endian (expected: one of '<f4', '<f8'",
                "{'descr': '=f4', 'fortran_order': False, 'shape': (3,)} | '=f4' (expected: one of '<f4', '<f8'",
                "{'descr': 'f4', 'fortran_order': False, 'shape': (3,)} | 'f4' (expected",
                "{'descr': '<f2', 'fortran_order': False, 'shape': (3,)} | '<f2' (expected",
                "{'descr': '<i8', 'fortran_order': False, 'shape': (3,)} | '<i8' (expected",
                "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)} | '|b1' (expected",
                "{'descr': '|O', 'fortran_order': False, 'shape': (3,)} | '|O' (expected",
                "{'descr': '', 'fortran_order': False, 'shape': (3,)} | descr: '' (expected",
                "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,)} | structured ones cannot be read",
                "{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (3,)} | structured ones cannot be read",
                "{'descr': u'<f4', 'fortran_order': False, 'shape': (3,)} | 'u'<f4'",
                "{'descr': '<f4, 'fortran_order': False, 'shape': (3,)} | 'fortran_order",
                "{'descr': '<f4', 'fortran_order': False, 'shape: (3,)} | a closing quote",
                "{'descr': '<f4\\', 'fortran_order': False, 'shape': (3,)} | no escapes or control characters",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)} | True or False",
                "{'descr': '<f4', 'fortran_order': 'False', 'shape': (3,)} | True or False",
                "{'descr': '<f4', 'fortran_order': Falsehood, 'shape': (3,)} | 'hood",
                "{'descr': '<f4', 'shape': (3,)} | no key 'fortran_order'",
                "{'fortran_order': False, 'shape': (3,)} | no key 'descr'",
                "{'descr': '<f4', 'fortran_order': False} | no key 'shape'",
                "{} | no key",
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)} | key 'descr' twice",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'shape': (4,)} | key 'shape' twice",
                "{'descr': '<f4', 'fortran_order': False, 'fortran_order': False, 'shape': (3,)} | key 'fortran_order' twice",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'extra': 1} | key 'extra'",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x | 'x",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}} | '}",
                "{'descr': '<f4' 'fortran_order': False, 'shape': (3,)} | 'fortran_order",
                "{'descr': '<f4',, 'fortran_order': False, 'shape': (3,)} | a key in quotes",
                "{'descr' '<f4', 'fortran_order': False, 'shape': (3,)} | (expected: :)",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,) | the end",
                "('descr', '<f4') | (expected: {)",
                "{{{{{{{{ | a key in quotes",
                "__import__('os').system('true') | (expected: {)"
            })
    void headersThatAreNotExactlyWhatNumPyWritesAreRefused(String header, String message)
            throws IOException {
        refused(NpyFiles.withHeader(1, header, NpyFiles.floats(1, 2, 3)), message);
    }

    @Test
    void charactersThatDoNotBelongAreRefusedAndNotRepeatedToTheTerminal() throws IOException {
        String good = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}";
        refused(
                NpyFiles.withHeader(1, good.replace("<f4", "<f\u0000"), NpyFiles.floats(1, 2, 3)),
                "'?'");
        refused(
                NpyFiles.withHeader(1, good + "\u0000", NpyFiles.floats(1, 2, 3)),
                "nothing but blanks");
        refused(
                NpyFiles.withHeader(1, good.replace("<f4", "\u00e9"), NpyFiles.floats(1, 2, 3)),
                "descr: '?'");
        refused(
                NpyFiles.withHeader(
                        3, good.replace("<f4", "\u6f22\u5b57"), NpyFiles.floats(1, 2, 3)),
                "descr: '??'");
        refused(
                NpyFiles.withHeader(3, good.replace("3,", "\u0663,"), NpyFiles.floats(1, 2, 3)),
                "a size");
        refused(NpyFiles.withHeader(1, "\u001b[2J" + good, NpyFiles.floats(1, 2, 3)), "'?[2J{");
        refused(
                NpyFiles.withHeader(3, good.replace("(3,)", "(3L,)"), NpyFiles.floats(1, 2, 3)),
                "'L,)}");
        byte[] broken = NpyFiles.withHeader(3, good, NpyFiles.floats(1, 2, 3));
        broken[20] = (byte) 0xff;
        refused(broken, "malformed text (expected: UTF-8)");
        refused(NpyFiles.withHeader(1, "{'" + "k".repeat(5000) + "': 1}"), "k…'");
    }

    @Test
    void prefixesAreChecked() throws IOException {
        byte[] good = NpyFiles.packaged("seed-stride1-x");
        refused(new byte[0], "ends inside the header (expected: 8 more bytes)");
        for (int length = 1; length < 128; length++) {
            refused(NpyFiles.cut(good, length), "ends inside the header");
        }
        byte[] magic = good.clone();
        magic[0] = 'P';
        refused(magic, "begins with 50 4e 55 4d 50 59");
        for (int version : new int[] {0, 4, 0xff}) {
            byte[] changed = good.clone();
            changed[6] = (byte) version;
            refused(changed, "version " + version + ".0 (expected: 1.0, 2.0 or 3.0)");
        }
        byte[] minor = good.clone();
        minor[7] = 1;
        refused(minor, "version 1.1");
        byte[] huge = NpyFiles.packaged("version2-float64");
        huge[11] = (byte) 0xff;
        refused(huge, "(expected: at most 65536)");
        byte[] none = good.clone();
        none[8] = 0;
        none[9] = 0;
        refused(none, "the end at character 0 (expected: {)");
        byte[] truncated = NpyFiles.cut(good, good.length - 3);
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(truncated), arena, 1000))
                    .isInstanceOf(NpyFormatException.class)
                    .hasMessage("ends after 197 bytes of elements (expected: 200)");
        }
    }

    @Test
    void mutatedFilesAreReadOrRefusedWithinTheLimit() throws IOException {
        byte[][] files = new byte[NpyFiles.PACKAGED.length][];
        for (int i = 0; i < files.length; i++) {
            files[i] = NpyFiles.packaged(NpyFiles.PACKAGED[i]);
        }
        int read = 0;
        int refusals = 0;
        for (int seed = 0; seed < 12_000; seed++) {
            byte[] content = mutated(new Random(seed), files);
            long limit = 8L * content.length;
            try (Counting arena = new Counting(limit)) {
                Tensor tensor = Npy.read(new ByteArrayInputStream(content), arena, limit);
                assertThat(tensor.toArray()).hasSize((int) tensor.elementCount());
                read++;
            } catch (IOException expected) {
                refusals++;
            } catch (RuntimeException | Error unexpected) {
                fail("stream, seed " + seed, unexpected);
            }
            try {
                Npy.Doubles doubles = Npy.readDoubles(new ByteArrayInputStream(content), limit);
                assertThat(Positions.count(doubles.shape())).isEqualTo(doubles.values().length);
            } catch (IOException expected) {
                refusals++;
            } catch (RuntimeException | Error unexpected) {
                fail("doubles, seed " + seed, unexpected);
            }
            // A new name each time: rewriting a file makes some file systems wait for the disk.
            Path path = Files.write(folder.resolve("mutated" + seed), content);
            // Unsigned bytes are widened to four times the file.
            try (Counting arena = new Counting(4L * content.length)) {
                Tensor tensor = Npy.read(path, arena);
                assertThat(tensor.toArray()).hasSize((int) tensor.elementCount());
                Npy.write(new ByteArrayOutputStream(), Npy.map(path, arena));
            } catch (IOException expected) {
                refusals++;
            } catch (RuntimeException | Error unexpected) {
                fail("path, seed " + seed, unexpected);
            }
            Files.delete(path);
        }
        assertThat(read).isGreaterThan(500);
        assertThat(refusals).isGreaterThan(10_000);
    }

    private static byte[] mutated(Random random, byte[][] files) {
        byte[] content = files[random.nextInt(files.length)].clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            // Mostly in the header, where it matters.
            int reach = random.nextInt(4) == 0 ? content.length : Math.min(content.length, 128);
            int at = reach == 0 ? 0 : random.nextInt(reach);
            switch (random.nextInt(7)) {
                case 0 -> {
                    if (content.length > 0) {
                        content[at] ^= (byte) (1 << random.nextInt(8));
                    }
                }
                case 1 -> {
                    if (content.length > 0) {
                        content[at] = (byte) random.nextInt(256);
                    }
                }
                case 2 -> content = Arrays.copyOf(content, at);
                case 3 -> {
                    String words = "0123456789(),:{}'\"L -TrueFalse<f8|u1";
                    byte[] inserted = new byte[1 + random.nextInt(4)];
                    for (int k = 0; k < inserted.length; k++) {
                        inserted[k] = (byte) words.charAt(random.nextInt(words.length()));
                    }
                    content =
                            NpyFiles.joined(
                                    Arrays.copyOf(content, at),
                                    inserted,
                                    Arrays.copyOfRange(content, at, content.length));
                }
                case 4 -> {
                    int end = Math.min(content.length, at + 1 + random.nextInt(8));
                    content =
                            NpyFiles.joined(
                                    Arrays.copyOf(content, at),
                                    Arrays.copyOfRange(content, end, content.length));
                }
                case 5 -> {
                    byte[] other = files[random.nextInt(files.length)];
                    int from = Math.min(at, other.length);
                    content =
                            NpyFiles.joined(
                                    Arrays.copyOf(content, at),
                                    Arrays.copyOfRange(other, from, other.length));
                }
                default -> {
                    // A digit of the shape becomes another one.
                    for (int k = Math.min(at, 127); k < Math.min(content.length, 128); k++) {
                        if (content[k] >= '0' && content[k] <= '9') {
                            content[k] = (byte) ('0' + random.nextInt(10));
                            break;
                        }
                    }
                }
            }
        }
        return content;
    }

    /** An arena that fails the test when more is asked of it than allowed. */
    private static final class Counting implements Arena {
        private final Arena arena = newArena();
        private final long limit;
        long bytes;

        Counting(long limit) {
            this.limit = limit;
        }

        @SuppressWarnings("MustBeClosedChecker") // closed by close()
        private static Arena newArena() {
            return Arena.ofConfined();
        }

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            bytes += byteSize;
            if (bytes > limit) {
                throw new AssertionError(
                        bytes + " bytes allocated (expected: at most " + limit + ")");
            }
            return arena.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
