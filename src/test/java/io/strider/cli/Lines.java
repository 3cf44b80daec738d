package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a stream was given, as it comes. Thread-safe; one thread awaits. */
final class Lines extends Writer {
    private final StringWriter all = new StringWriter();
    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();

    @Override
    public void write(char[] buffer, int offset, int length) {
        String piece = new String(buffer, offset, length);
        all.write(piece);
        pieces.add(piece);
    }

    /** Waits until the words have been said, and returns all that was until then. */
    String await(String words) throws InterruptedException {
        StringBuilder said = new StringBuilder();
        while (said.indexOf(words) < 0) {
            String piece = pieces.poll(1, TimeUnit.MINUTES);
            assertThat(piece).as("%s in: %s", words, all).isNotNull();
            said.append(piece);
        }
        return said.toString();
    }

    @Override
    public String toString() {
        return all.toString();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
