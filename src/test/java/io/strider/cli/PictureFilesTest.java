package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFilesTest {
    @TempDir private Path folder;
    private final List<String> failures = new ArrayList<>();

    private void files(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private List<String> found(Object... paths) {
        PictureFiles pictures = new PictureFiles(failures::add);
        for (Object path : paths) {
            pictures.add(folder.resolve(path.toString()));
        }
        return pictures.found().stream()
                .map(file -> folder.relativize(file.path()).toString())
                .toList();
    }

    @Test
    void foldersAreWalkedInTheOrderOfNames() throws IOException {
        files(
                "b.PNG",
                "a.jpg",
                "c/z.webp",
                "c/a/x.jpeg",
                "c/b.gif",
                "d.bmp",
                "e.txt",
                "jpg",
                ".x.png");
        files(".hidden/y.png", "c/.y.png");
        assertThat(found(""))
                .containsExactly("a.jpg", "b.PNG", "c/a/x.jpeg", "c/b.gif", "c/z.webp", "d.bmp");
        assertThat(failures).isEmpty();
    }

    @Test
    void aFileThatIsNamedCountsAndComesOnce() throws IOException {
        files("a.jpg", "b.jpg", "e.txt", ".h.png");
        assertThat(
                        found(
                                "b.jpg",
                                "",
                                "e.txt",
                                ".h.png",
                                "../" + folder.getFileName() + "/e.txt",
                                "./b.jpg"))
                .containsExactly("b.jpg", "a.jpg", "e.txt", ".h.png");
    }

    @Test
    void linksMayLeadInCircles() throws IOException {
        files("a/x.png", "b/y.png");
        Files.createSymbolicLink(folder.resolve("a/up"), folder);
        Files.createSymbolicLink(folder.resolve("b/a"), folder.resolve("a"));
        Files.createSymbolicLink(folder.resolve("b/self.png"), folder.resolve("b/self.png"));
        Files.createSymbolicLink(folder.resolve("b/z.png"), folder.resolve("b/y.png"));
        // Where a circle begins decides under which name a file is found; each comes once.
        assertThat(found("b"))
                .hasSize(4)
                .contains("b/y.png", "b/z.png", "b/self.png")
                .anyMatch(name -> name.endsWith("x.png"));
        assertThat(failures).isEmpty();
    }

    @Test
    void whatIsMissingIsReported() throws IOException {
        files("a.jpg");
        Files.createSymbolicLink(folder.resolve("gone.png"), folder.resolve("nowhere"));
        assertThat(found("nowhere.png", "")).containsExactly("a.jpg");
        assertThat(failures)
                .hasSize(2)
                .anyMatch(line -> line.contains("nowhere.png: does not exist"))
                .anyMatch(line -> line.contains("gone.png: does not exist"));
    }

    @Test
    void anOutputAmongThemIsSeen() throws IOException {
        files("a.jpg", "b.jpg");
        PictureFiles pictures = new PictureFiles(failures::add);
        pictures.add(folder.resolve("a.jpg"));
        assertThat(pictures.contains(folder.resolve("./a.jpg"))).isTrue();
        assertThat(pictures.contains(folder.resolve("b.jpg"))).isFalse();
    }
}
