package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class EmbeddingProgressTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter err = new PrintWriter(text);

    @Test
    void withoutABarOnlyFailuresAreSaid() {
        try (EmbeddingProgress progress = new EmbeddingProgress(err)) {
            progress.done();
            progress.done();
            progress.failed("a\nb.png: bad");
            assertThat(progress.doneCount()).isEqualTo(2);
            assertThat(progress.failedCount()).isEqualTo(1);
        }
        assertThat(text.toString().lines()).containsExactly("strider: a; b.png: bad");
    }

    @Test
    void aBarCountsAndGivesItsLineToFailures() {
        assertThat(TerminalBar.isThere()).isTrue();
        try (EmbeddingProgress progress = new EmbeddingProgress(err)) {
            progress.show(new TerminalBar(err, 3, 6));
            progress.done();
            progress.failed("b.png: bad");
            progress.done();
        }
        // The library draws at once when a bar ends, with whatever it has come to.
        assertThat(text.toString())
                .contains("\r\u001b[Kstrider: b.png: bad\n", "6/6", "1 failed", "/s")
                .endsWith("\r\u001b[K");
    }
}
