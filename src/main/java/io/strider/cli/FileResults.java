package io.strider.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;

/** Vectors for a file: kept in a journal until all are there, then written in order. */
final class FileResults implements EmbeddingResults, EmbeddingRows, AutoCloseable {
    private static final long NONE = 0; // there is the header

    private final List<PictureFile> files;
    private final EmbeddingJournal journal;

    /** Where each picture's vector is in the journal. */
    private final long[] offsets;

    private int dimensions;
    private int count;
    private volatile boolean stopped;
    private volatile boolean writing;
    private volatile boolean finished;

    /**
     * Takes over what the journal has of these pictures, unless their files have changed.
     *
     * @param dimensions of a vector; -1 if the first one shows them
     */
    FileResults(List<PictureFile> files, EmbeddingJournal journal, int dimensions)
            throws IOException {
        this.files = files;
        this.journal = journal;
        this.dimensions = dimensions;
        this.offsets = new long[files.size()];
        if (journal.recovered().isEmpty()) {
            return;
        }
        for (int i = 0; i < offsets.length; i++) {
            EmbeddingJournal.Entry entry = journal.recovered().get(files.get(i).key());
            if (entry != null && fits(entry.count()) && isUnchanged(files.get(i), entry)) {
                this.dimensions = entry.count();
                offsets[i] = entry.offset();
                count++;
            }
        }
        journal.recovered().clear();
    }

    private boolean fits(int numbers) {
        return dimensions < 0 || dimensions == numbers;
    }

    private static boolean isUnchanged(PictureFile file, EmbeddingJournal.Entry entry) {
        try {
            return file.stamp().equals(entry.stamp());
        } catch (IOException _) {
            return false; // will be reported when it is to be read
        }
    }

    @Override
    public synchronized boolean has(int index) {
        return offsets[index] != NONE;
    }

    @Override
    public synchronized void put(int index, PictureFile.Stamp stamp, float[] vector)
            throws IOException {
        if (stopped) {
            return;
        }
        if (!fits(vector.length)) {
            throw new IllegalArgumentException(
                    "%s: a vector of %d numbers (expected: %d, as of the others, for one file)"
                            .formatted(files.get(index).name(), vector.length, dimensions));
        }
        long offset = journal.append(files.get(index).key(), stamp, vector);
        if (offset > NONE) {
            dimensions = vector.length;
            offsets[index] = offset;
            count++;
        }
    }

    @Override
    public void skip(int index) {
        // A later run tries again.
    }

    /** Nothing more is taken, and what was taken is on the disk; writing ends soon. */
    @Override
    public void stop() {
        stopped = true;
        if (!writing) {
            try {
                close();
            } catch (IOException _) {
                // The process ends; what could be written is.
            }
        }
    }

    @Override
    public synchronized int count() {
        return count;
    }

    @Override
    public synchronized int dimensions() {
        return Math.max(0, dimensions);
    }

    @Override
    public void forEach(Taker taker) throws IOException {
        float[] vector = new float[dimensions()];
        for (int i = 0; i < offsets.length; i++) {
            if (stopped) {
                throw new InterruptedIOException("interrupted");
            }
            if (has(i)) {
                journal.read(offsets[i], vector);
                taker.take(files.get(i).name(), vector);
            }
        }
    }

    /** Writes the files, then deletes the journal. */
    void finish(EmbeddingFormat format, Path output) throws IOException {
        writing = true;
        format.write(output, this);
        finished = true;
        journal.delete();
    }

    /** Whether the files are written. */
    boolean isFinished() {
        return finished;
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
