package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
    private static final long SEED = 20_260_101;

    @TempDir Path folder;
    private byte[] library;

    @BeforeEach
    void readALibrary() throws IOException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "expects x86-64 libraries");
        library = Files.readAllBytes(Path.of(System.getProperty("java.home"), "lib/libzip.so"));
    }

    @Test
    void readsWhatALibraryNeeds() throws Exception {
        ElfFile file = read(library);
        assertThat(file.needed()).contains("libjvm.so").anyMatch(name -> name.startsWith("libc."));
        assertThat(file.needsOpenMp()).isFalse();
    }

    @Test
    void knowsAnOpenMpRuntimeByItsName() {
        assertThat(new ElfFile(java.util.List.of("libc.so.6", "libgomp.so.1")).needsOpenMp())
                .isTrue();
        assertThat(new ElfFile(java.util.List.of("libomp.so.5")).needsOpenMp()).isTrue();
        assertThat(new ElfFile(java.util.List.of("libiomp5.so")).needsOpenMp()).isTrue();
        assertThat(new ElfFile(java.util.List.of("libompression.so")).needsOpenMp()).isFalse();
    }

    @Test
    void refusesAnotherProcessorsLibrary() {
        byte[] foreign = library.clone();
        foreign[18] = (byte) 183;
        assertThatThrownBy(() -> read(foreign))
                .isInstanceOf(LibraryRefusedException.class)
                .hasMessage("for another processor (ELF machine 183, expected: 62 for amd64)");
    }

    @Test
    void refusesOtherKindsOfFiles() {
        byte[] executable = library.clone();
        executable[16] = 2;
        assertThatThrownBy(() -> read(executable)).hasMessageContaining("another kind of ELF file");
        byte[] narrow = library.clone();
        narrow[4] = 1;
        assertThatThrownBy(() -> read(narrow)).hasMessageContaining("not a 64-bit");
        assertThatThrownBy(() -> read(new byte[0])).hasMessage("not a shared library (0 bytes)");
        assertThatThrownBy(() -> read(new byte[4096])).hasMessageContaining("no ELF header");
    }

    @Test
    void refusesATruncatedLibrary() {
        for (int length : new int[] {64, 100, 4096, library.length / 2}) {
            assertThatThrownBy(() -> read(Arrays.copyOf(library, length)))
                    .as("%s bytes", length)
                    .isInstanceOf(LibraryRefusedException.class)
                    .hasMessageContaining("truncated");
        }
    }

    @Test
    void damageIsReadOrRefusedButNeverBreaksTheReader() throws IOException {
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = library.clone();
            for (int i = 0; i < 4; i++) {
                damaged[4 + random.nextInt(1_000)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(damaged).needed()).hasSizeLessThan(damaged.length);
            } catch (LibraryRefusedException e) {
                assertThat(e).as("seed %s, round %s", SEED, round).hasMessageMatching(".+");
            }
        }
    }

    private ElfFile read(byte[] content) throws LibraryRefusedException, IOException {
        return ElfFile.read(Files.write(folder.resolve("library.so"), content), "amd64");
    }
}
