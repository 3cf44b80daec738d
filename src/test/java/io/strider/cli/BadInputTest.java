package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exit code 2, one line, and the folder as it was. */
class BadInputTest {
    @TempDir private Path folder;

    @BeforeEach
    void writeOperands() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(folder.resolve("x.npy"), Tensor.zeros(arena, 1, 4, 7, 10));
            Npy.write(folder.resolve("w.npy"), Tensor.zeros(arena, 6, 4, 3, 3));
            Npy.write(folder.resolve("b.npy"), Tensor.zeros(arena, 6));
            Npy.write(folder.resolve("gy.npy"), Tensor.zeros(arena, 1, 6, 5, 8));
            Npy.write(folder.resolve("flat.npy"), Tensor.zeros(arena, 7, 10));
            Npy.write(folder.resolve("other.npy"), Tensor.zeros(arena, 6, 3, 3, 3));
            Npy.write(folder.resolve("empty.npy"), Tensor.zeros(arena, 1, 4, 0, 10));
        }
        byte[] whole = Files.readAllBytes(folder.resolve("x.npy"));
        Files.write(folder.resolve("short.npy"), java.util.Arrays.copyOf(whole, 200));
        Files.write(folder.resolve("long.npy"), java.util.Arrays.copyOf(whole, whole.length + 1));
        Files.writeString(folder.resolve("words.npy"), "these are words, not an array");
        Files.write(folder.resolve("nothing.npy"), new byte[0]);
        Files.write(
                folder.resolve("lying.npy"),
                header(
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 4, 7, 10), }"));
        Files.write(
                folder.resolve("overflow.npy"),
                header(
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296,"
                                + " 7, 10), }"));
        Files.write(
                folder.resolve("complex.npy"),
                header("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 4, 7, 10), }"));
        Files.createDirectory(folder.resolve("folder"));
    }

    private static byte[] header(String dictionary) {
        byte[] text = (dictionary + "\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[10 + text.length];
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0};
        System.arraycopy(start, 0, all, 0, 10);
        System.arraycopy(text, 0, all, 10, text.length);
        return all;
    }

    /** Words that end in .npy, or begin with ./, are files in the folder. */
    private Run run(String line) {
        String[] words = line.strip().split(" +", -1);
        for (int i = 0; i < words.length; i++) {
            if (words[i].endsWith(".npy") || words[i].startsWith("./")) {
                words[i] = folder.resolve(words[i]).toString();
            }
        }
        return Run.of((Object[]) words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // files
                "--input missing.npy --weight w.npy --output y.npy    | missing.npy: does not exist",
                "--input ./folder --weight w.npy --output y.npy       | folder: is a directory",
                "--input words.npy --weight w.npy --output y.npy      | words.npy: begins with",
                "--input nothing.npy --weight w.npy --output y.npy    | nothing.npy: ends inside",
                "--input short.npy --weight w.npy --output y.npy      | short.npy",
                "--input long.npy --weight w.npy --output y.npy       | long.npy",
                "--input lying.npy --weight w.npy --output y.npy      | lying.npy",
                "--input overflow.npy --weight w.npy --output y.npy   | overflow.npy",
                "--input complex.npy --weight w.npy --output y.npy    | complex.npy: descr: '<c8'",
                "--input x.npy --weight missing.npy --output y.npy    | missing.npy: does not exist",
                "--input x.npy --weight w.npy --output ./folder       | folder: is a directory",
                "--input x.npy --weight w.npy --output ./no/y.npy     | no/y.npy: cannot be written",
                "--input x.npy --weight w.npy --bias nothing.npy --output y.npy | nothing.npy",
                // shapes
                "--input flat.npy --weight w.npy --output y.npy       | rank 4",
                "--input x.npy --weight b.npy --output y.npy          | rank 4",
                "--input x.npy --weight w.npy --bias w.npy --output y.npy | rank 1",
                "--input x.npy --weight w.npy --bias flat.npy --output y.npy | rank 1",
                "--input x.npy --weight other.npy --output y.npy      | weight: shape [6, 3, 3, 3]",
                "--input empty.npy --weight w.npy --output y.npy      | inputHeight: 0",
                "--input x.npy --weight w.npy --grad-output x.npy --grad-bias gb.npy | --grad-output",
                "--input x.npy --weight w.npy --grad-output flat.npy --grad-bias gb.npy | rank 4",
                // numbers
                "--input x.npy --weight w.npy --output y.npy --stride 0 | strideHeight: 0",
                "--input x.npy --weight w.npy --output y.npy --stride 1,0 | strideWidth: 0",
                "--input x.npy --weight w.npy --output y.npy --stride -1 | strideHeight: -1",
                "--input x.npy --weight w.npy --output y.npy --stride 1,2,3 | '--stride': \"1,2,3\"",
                "--input x.npy --weight w.npy --output y.npy --stride one | '--stride': \"one\"",
                "--input x.npy --weight w.npy --output y.npy --dilation 0 | dilationHeight: 0",
                "--input x.npy --weight w.npy --output y.npy --dilation 4 | kernelHeight",
                "--input x.npy --weight w.npy --output y.npy --dilation 9223372036854775807 | kernelHeight",
                "--input x.npy --weight w.npy --output y.npy --padding 1,2,3 | top,left,bottom,right",
                "--input x.npy --weight w.npy --output y.npy --padding -1 | paddingTop: -1",
                "--input x.npy --weight w.npy --output y.npy --padding 0,0,0,-2 | paddingRight: -2",
                "--input x.npy --weight w.npy --output y.npy --padding full | '--padding': \"full\"",
                "--input x.npy --weight w.npy --output y.npy --padding 300000 | this machine has",
                "--input x.npy --weight w.npy --output y.npy --padding 9223372036854775807 | fit a long",
                "--input x.npy --weight w.npy --output y.npy --groups 0 | groups: 0",
                "--input x.npy --weight w.npy --output y.npy --groups 3 | groups: 3",
                "--input x.npy --weight w.npy --output y.npy --groups many | '--groups'",
                "--input x.npy --weight w.npy --output y.npy --algorithm fast | '--algorithm'",
                "--input x.npy --weight w.npy --output y.npy --algorithm pointwise | POINTWISE",
                "--input x.npy --weight w.npy --output y.npy --format chwn | '--format'",
                // which files
                "--input x.npy --weight w.npy                         | Nothing to do",
                "--input x.npy --weight w.npy --grad-output gy.npy    | Nothing to do",
                "--input x.npy --weight w.npy --grad-input gx.npy     | --grad-output",
                "--input x.npy --weight w.npy --output y.npy --grad-bias gb.npy | --grad-output",
                "--input x.npy --weight w.npy --output x.npy          | the same file as --input",
                "--input x.npy --weight w.npy --output ./folder/../w.npy | the same file as --weight",
                "--input x.npy --weight w.npy --bias b.npy --output b.npy | the same file as --bias",
                "--input x.npy --weight w.npy --grad-output gy.npy --grad-bias gy.npy | the same file",
                "--input x.npy --weight w.npy --output y.npy --grad-output gy.npy --grad-input ./folder/../y.npy"
                        + " | the same file as --output",
                "--input x.npy --output y.npy                         | --weight",
                "--input x.npy --weight w.npy --output                | --output",
                "--input x.npy --input x.npy --weight w.npy --output y.npy | only once",
                "--input x.npy --weight w.npy --output y.npy --fast   | --fast",
                "--input x.npy --weight w.npy --output y.npy more.npy | more.npy"
            })
    void conv2dRefuses(String arguments, String words) {
        Map<String, String> before = Run.snapshot(folder);
        run("conv2d " + arguments).isRefused(words);
        assertThat(Run.snapshot(folder)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "im2col --input x.npy --output c.npy                  | --kernel",
                "im2col --input x.npy --output c.npy --kernel 0       | kernelHeight: 0",
                "im2col --input x.npy --output c.npy --kernel 3,x     | '--kernel'",
                "im2col --input x.npy --output c.npy --kernel 8       | kernelHeight: 8",
                "im2col --input x.npy --output x.npy --kernel 3       | the same file",
                "im2col --input x.npy --output ./no/c.npy --kernel 3  | no/c.npy: cannot be written",
                "im2col --input missing.npy --output c.npy --kernel 3 | missing.npy: does not exist",
                "col2im --input flat.npy --output c.npy --kernel 3    | --shape",
                "col2im --input flat.npy --output flat.npy --kernel 3 --shape 1,4,7,10 | the same file",
                "demo --output ./folder                               | folder: is a directory",
                "demo --output ./no/picture.png                       | picture.png: cannot be written",
                "demo --output                                        | --output",
                "check everything                                     | everything",
                "info --format nchw                                   | --format",
                "convolve                                             | convolve"
            })
    void otherCommandsRefuse(String arguments, String words) {
        Map<String, String> before = Run.snapshot(folder);
        run(arguments).isRefused(words);
        assertThat(Run.snapshot(folder)).isEqualTo(before);
    }

    @Test
    void anInputBehindALinkIsNotOverwritten() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.npy"), folder.resolve("x.npy"));
        Map<String, String> before = Run.snapshot(folder);
        run("conv2d --input x.npy --weight w.npy --output " + link)
                .isRefused("the same file as --input");
        assertThat(Run.snapshot(folder)).isEqualTo(before);
    }

    @Test
    void aFileLargerThanTheMemoryIsRefused() throws IOException {
        long tebibytes = Math.max(Memory.total(), 1L << 40) + 1;
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("huge.npy").toFile(), "rw")) {
            try {
                sparse.setLength(tebibytes);
            } catch (IOException noSparseFiles) {
                assumeThat(noSparseFiles).as("sparse files").isNull();
            }
        }
        run("conv2d --input huge.npy --weight w.npy --output y.npy").isRefused("huge.npy");
        assertThat(folder.resolve("y.npy")).doesNotExist();
    }

    @Test
    void whenTheLastOutputCannotBeWrittenNoneAppears() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Files.writeString(folder.resolve("gx.npy"), "what was here before");
        Map<String, String> before = Run.snapshot(folder);
        run("conv2d --input x.npy --weight w.npy --output y.npy --grad-output gy.npy"
                        + " --grad-input gx.npy --grad-weight gw.npy --grad-bias /dev/full")
                .isRefused("/dev/full: could not be written");
        assertThat(Run.snapshot(folder)).isEqualTo(before);
        run("im2col --input x.npy --kernel 3 --output /dev/full").isRefused("/dev/full");
        run("demo --output /dev/full").isRefused("/dev/full");
    }

    @Test
    void lineBreaksInANameDoNotBreakTheLine() {
        Run.of("conv2d", "--input", "a\nb\u001b[31m.npy", "--weight", "w", "--output", "y")
                .isRefused("does not exist");
    }

    @Test
    void verboseShowsTheStackTrace() {
        Run early = run("conv2d --verbose --input x.npy");
        assertThat(early.code()).isEqualTo(2);
        assertThat(early.err()).startsWith("strider: Missing required").contains("\tat picocli");
        Run late = run("conv2d --verbose --input missing.npy --weight w.npy --output y.npy");
        assertThat(late.code()).isEqualTo(2);
        assertThat(late.err()).startsWith("strider: ").contains("\tat io.strider");
    }

    @Test
    void noCommandShowsTheHelpOnStandardError() {
        Run run = Run.of();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("strider: no command given").contains("conv2d");
    }
}
