package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFilesTest {
    @TempDir Path folder;

    private static StagedFiles.Writer text(String text) {
        return output -> output.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void nothingIsSeenBeforeCommitAndEverythingAfterwards() throws IOException {
        Path first = folder.resolve("first");
        Path second = Files.writeString(folder.resolve("second"), "old");
        try (StagedFiles files = new StagedFiles()) {
            files.stage(first, text("one"));
            files.stage(second, text("two"));
            assertThat(first).doesNotExist();
            assertThat(second).hasContent("old");
            files.commit();
            assertThat(first).hasContent("one");
            assertThat(second).hasContent("two");
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aFailureLeavesEverythingAsItWas() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "old");
        StagedFiles files = new StagedFiles();
        files.stage(kept, text("new"));
        Path failing = folder.resolve("failing");
        assertThatThrownBy(() ->
                        files.stage(
                                failing,
                                output -> {
                                    output.write(1);
                                    throw new IOException("the reason");
                                }))
                .isInstanceOf(IOException.class)
                .hasMessage(failing + ": could not be written: the reason");
        assertThatThrownBy(() ->
                        files.stage(
                                failing,
                                output -> {
                                    throw new IllegalStateException("closed");
                                }))
                .isInstanceOf(IllegalStateException.class);
        files.close();
        files.close();
        assertThat(kept).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("kept");
    }

    @Test
    void aMoveThatFailsUndoesThoseBeforeIt() throws IOException {
        Path replaced = Files.writeString(folder.resolve("replaced"), "old");
        Files.setLastModifiedTime(replaced, FileTime.fromMillis(1_000_000));
        Path fresh = folder.resolve("fresh");
        Path blocked = folder.resolve("blocked");
        Path untouched = Files.writeString(folder.resolve("untouched"), "old");
        try (StagedFiles files = new StagedFiles()) {
            files.stage(replaced, text("new"));
            files.stage(fresh, text("new"));
            files.stage(blocked, text("new"));
            files.stage(untouched, text("new"));
            Files.createDirectory(blocked);
            assertThatThrownBy(files::commit)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(blocked + ": could not be written: ")
                    .hasNoSuppressedExceptions();
            assertThat(folder.toFile().list())
                    .as("nothing is left beside the targets, also before closing")
                    .containsExactlyInAnyOrder("replaced", "blocked", "untouched");
            files.stage(fresh, text("later"));
            files.commit();
        }
        assertThat(replaced).hasContent("old");
        assertThat(Files.getLastModifiedTime(replaced)).isEqualTo(FileTime.fromMillis(1_000_000));
        assertThat(untouched).hasContent("old");
        assertThat(fresh).hasContent("later");
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("replaced", "blocked", "untouched", "fresh");
    }

    @Test
    void oneFileCannotBeStagedTwice() throws IOException {
        Path file = folder.resolve("file");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        try (StagedFiles files = new StagedFiles()) {
            files.stage(file, text("one"));
            assertThatThrownBy(() -> files.stage(folder.resolve("./file"), text("two")))
                    .hasMessageContaining("named twice");
            assertThatThrownBy(() -> files.stage(link, text("two")))
                    .hasMessageContaining("named twice");
            files.commit();
        }
        assertThat(file).hasContent("one");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("file", "link");
    }

    @Test
    void rightsAreThoseOfAnyNewFileOrOfTheReplacedOne() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path usual = Files.createFile(folder.resolve("usual"));
        Path fresh = folder.resolve("fresh");
        Path secret = Files.createFile(folder.resolve("secret"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        try (StagedFiles files = new StagedFiles()) {
            files.stage(fresh, text("1"));
            files.stage(secret, text("2"));
            files.commit();
        }
        assertThat(Files.getPosixFilePermissions(fresh))
                .isEqualTo(Files.getPosixFilePermissions(usual));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(secret).hasContent("2");
    }

    @Test
    void linksStayLinks() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path real = Files.writeString(elsewhere.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/real"));
        Path dangling =
                Files.createSymbolicLink(folder.resolve("dangling"), elsewhere.resolve("new"));
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        try (StagedFiles files = new StagedFiles()) {
            files.stage(link, text("1"));
            files.stage(dangling, text("2"));
            assertThatThrownBy(() -> files.stage(loop, text("3")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("loop");
            files.commit();
        }
        assertThat(link).isSymbolicLink();
        assertThat(dangling).isSymbolicLink();
        assertThat(real).hasContent("1");
        assertThat(elsewhere.resolve("new")).hasContent("2");
        assertThat(elsewhere.toFile().list()).containsExactlyInAnyOrder("real", "new");
    }

    @Test
    void foldersAndMissingFoldersAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Tensor.zeros(arena, 2);
            assertThatThrownBy(() -> Npy.write(folder, tensor))
                    .isInstanceOf(IOException.class)
                    .hasMessage(folder + ": is a directory (expected: a file to write)");
            Path lost = folder.resolve("missing/x.npy");
            assertThatThrownBy(() -> Npy.write(lost, tensor))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            lost + ": cannot be written (expected: an existing folder to hold it)");
            assertThatThrownBy(() -> Npy.write(Path.of("/"), tensor))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is a directory");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderWithoutWriteAccessIsNamed() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));
        Path file = locked.resolve("x");
        try (StagedFiles files = new StagedFiles()) {
            assertThatThrownBy(() -> files.stage(file, text("1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": may not be written");
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aFileWithoutWriteAccessIsNotReplaced() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
        Path locked = Files.writeString(folder.resolve("locked"), "old");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r--------"));
        try (StagedFiles files = new StagedFiles()) {
            assertThatThrownBy(() -> files.stage(locked, text("new")))
                    .isInstanceOf(IOException.class)
                    .hasMessage(locked + ": may not be written (expected: write access)");
        }
        assertThat(locked).hasContent("old");
    }

    @Test
    void aFullDiskIsACleanError() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full));
        Path link = Files.createSymbolicLink(folder.resolve("full.npy"), full);
        try (Arena arena = Arena.ofConfined()) {
            for (Path path : new Path[] {full, link}) {
                for (long size : new long[] {2, 100_000}) {
                    assertThatThrownBy(() -> Npy.write(path, Tensor.zeros(arena, size)))
                            .isInstanceOf(IOException.class)
                            .hasMessageStartingWith(path + ": could not be written: ")
                            .hasMessageContaining("No space left");
                }
            }
        }
        assertThat(Files.isRegularFile(full)).isFalse();
        assertThat(folder.toFile().list()).containsExactly("full.npy");
    }

    @Test
    void devicesAreWrittenAndNotReplaced() throws IOException {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device));
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(device, Tensor.zeros(arena, 3));
        }
        assertThat(Files.isRegularFile(device)).isFalse();
        assertThat(device).exists();
    }

    @Test
    void openDescriptorsAreAppendedTo() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors));
        Path file = Files.writeString(folder.resolve("log"), "before,");
        try (OutputStream open = new java.io.FileOutputStream(file.toFile(), true)) {
            Path own = null;
            try (var all = Files.list(descriptors)) {
                for (Path each : all.toList()) {
                    if (Files.isSymbolicLink(each)
                            && Files.readSymbolicLink(each).equals(file.toRealPath())) {
                        own = each;
                    }
                }
            }
            assertThat(own).isNotNull();
            try (StagedFiles files = new StagedFiles()) {
                files.stage(own, text("through"));
            }
            open.write(",after".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(file).hasContent("before,through,after");
    }
}
