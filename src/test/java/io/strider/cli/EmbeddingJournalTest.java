package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingJournalTest {
    private static final String DESCRIPTION = "model: 1\nlayer: y";
    private static final PictureFile.Stamp STAMP = new PictureFile.Stamp(123, 456);

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void file() {
        file = EmbeddingJournal.beside(folder.resolve("out.npy"));
        assertThat(file).hasFileName("out.npy.part");
    }

    private EmbeddingJournal open(boolean resume) throws IOException {
        return EmbeddingJournal.open(file, DESCRIPTION, resume);
    }

    private static float[] vector(int number) {
        return new float[] {number, Float.NaN, -0.0f, Float.MIN_VALUE, number * 0.1f};
    }

    private static String key(int number) {
        return "päth,\n" + number;
    }

    private void write(int count) throws IOException {
        try (EmbeddingJournal journal = open(false)) {
            for (int i = 0; i < count; i++) {
                assertThat(journal.append(key(i), STAMP, vector(i))).isPositive();
            }
        }
    }

    /** An empty journal's, which is gone after it. */
    private long headerBytes() throws IOException {
        long bytes;
        try (EmbeddingJournal journal = open(false)) {
            assertThat(journal.recovered()).isEmpty();
            bytes = Files.size(file);
        }
        assertThat(file).doesNotExist();
        return bytes;
    }

    @Test
    void whatWasAppendedIsThereToTheBit() throws IOException {
        write(3);
        try (EmbeddingJournal journal = open(true)) {
            assertThat(journal.recovered()).containsOnlyKeys(key(0), key(1), key(2));
            for (int i = 0; i < 3; i++) {
                EmbeddingJournal.Entry entry = journal.recovered().get(key(i));
                assertThat(entry.stamp()).isEqualTo(STAMP);
                float[] read = new float[entry.count()];
                journal.read(entry.offset(), read);
                assertThat(read).containsExactly(vector(i));
            }
        }
    }

    @Test
    void whereverItIsTornTheWholeFramesAreKept() throws IOException {
        long header = headerBytes();
        write(3);
        byte[] whole = Files.readAllBytes(file);
        long frame = (whole.length - header) / 3;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            long frames = length < header ? 0 : (length - header) / frame;
            try (EmbeddingJournal journal = open(true)) {
                assertThat(journal.recovered()).as("%s bytes", length).hasSize((int) frames);
                journal.append(key(7), STAMP, vector(7));
            }
            try (EmbeddingJournal journal = open(true)) {
                assertThat(journal.recovered())
                        .as("%s bytes", length)
                        .hasSize((int) frames + 1)
                        .containsKey(key(7));
            }
        }
    }

    @Test
    void aFrameThatWasChangedIsCutOff() throws IOException {
        int header = (int) headerBytes();
        write(2);
        byte[] whole = Files.readAllBytes(file);
        for (int at = header; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;
            Files.write(file, changed);
            try (EmbeddingJournal journal = open(true)) {
                int before = at < header + (whole.length - header) / 2 ? 0 : 1;
                assertThat(journal.recovered()).as("byte %s", at).hasSize(before);
            }
            assertThat(Files.exists(file)).isEqualTo(at >= header + (whole.length - header) / 2);
        }
    }

    @Test
    void anotherRunsJournalIsRefusedAndLeft() throws IOException {
        write(2);
        byte[] before = Files.readAllBytes(file);
        assertThatIOException()
                .isThrownBy(() -> open(false))
                .withMessageContainingAll("out.npy.part", "--resume");
        assertThatIOException()
                .isThrownBy(() -> EmbeddingJournal.open(file, "model: 2\nlayer: y", true))
                .withMessageContainingAll("model: 1", "model: 2");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void anotherKindOfFileIsRefusedAndLeft() throws IOException {
        for (String content : new String[] {"half a download", "x"}) {
            Files.writeString(file, content);
            assertThatIOException()
                    .isThrownBy(() -> open(true))
                    .withMessageContaining("no journal");
            assertThat(file).hasContent(content);
        }
    }

    @Test
    void onlyOneWritesAtATime() throws IOException {
        try (EmbeddingJournal journal = open(false)) {
            journal.append(key(0), STAMP, vector(0));
            assertThatIOException().isThrownBy(() -> open(true)).withMessageContaining("another");
            journal.append(key(1), STAMP, vector(1));
        }
        try (EmbeddingJournal journal = open(true)) {
            assertThat(journal.recovered()).hasSize(2);
        }
    }

    @Test
    void afterClosingNothingIsWritten() throws IOException {
        write(1);
        byte[] before = Files.readAllBytes(file);
        EmbeddingJournal journal = open(true);
        journal.close();
        journal.close();
        assertThat(journal.append(key(1), STAMP, vector(1))).isNegative();
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void theLaterOfTwoFramesCounts() throws IOException {
        try (EmbeddingJournal journal = open(false)) {
            journal.append(key(0), STAMP, vector(0));
            journal.append(key(0), new PictureFile.Stamp(9, 9), vector(1));
        }
        try (EmbeddingJournal journal = open(true)) {
            EmbeddingJournal.Entry entry = journal.recovered().get(key(0));
            assertThat(entry.stamp()).isEqualTo(new PictureFile.Stamp(9, 9));
            float[] read = new float[5];
            journal.read(entry.offset(), read);
            assertThat(read).containsExactly(vector(1));
        }
    }
}
