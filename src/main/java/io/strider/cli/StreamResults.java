package io.strider.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows on standard output, in the order of the pictures. What comes early is kept until its turn;
 * who is further ahead than the window waits.
 */
final class StreamResults implements EmbeddingResults {
    /** Stands for a picture without a vector. */
    private static final String NOTHING = "";

    private final List<PictureFile> files;
    private final EmbeddingFormat format;
    private final PrintWriter out;

    /** Rows that wait, each at its index modulo the length. */
    private final @Nullable String[] window;

    private int next;
    private int dimensions = -1;
    private boolean stopped;
    private boolean titled;

    /**
     * Nothing written yet.
     *
     * @param window how many rows may wait; at least as many as a thread works on at a time
     */
    StreamResults(List<PictureFile> files, EmbeddingFormat format, PrintWriter out, int window) {
        this.files = files;
        this.format = format;
        this.out = out;
        this.window = new String[window];
    }

    @Override
    public boolean has(int index) {
        return false;
    }

    @Override
    public void put(int index, PictureFile.Stamp stamp, float[] vector) throws IOException {
        String row = format.text(files.get(index).name(), vector);
        synchronized (this) {
            dimensions = vector.length;
            place(index, row);
        }
    }

    @Override
    public synchronized void skip(int index) throws IOException {
        place(index, NOTHING);
    }

    /** Whoever holds the next index is always let in, so that no one waits for ever. */
    private synchronized void place(int index, String row) throws IOException {
        while (index - next >= window.length && !stopped) {
            try {
                wait();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                stopped = true;
            }
        }
        if (stopped) {
            return;
        }
        window[index % window.length] = row;
        String ready = window[next % window.length];
        while (ready != null) {
            window[next % window.length] = null;
            write(ready);
            next++;
            ready = window[next % window.length];
        }
        notifyAll();
    }

    private void write(String row) throws IOException {
        if (row.equals(NOTHING)) {
            return;
        }
        if (titled) {
            out.print(row + "\n");
        } else {
            titled = true;
            String titles = format == EmbeddingFormat.CSV ? RowText.titles(dimensions) + "\n" : "";
            out.print(titles + row + "\n");
        }
        if (out.checkError()) { // which flushes
            stopped = true;
            notifyAll();
            throw new IOException("standard output: could not be written");
        }
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
