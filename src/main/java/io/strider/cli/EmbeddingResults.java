package io.strider.cli;

import java.io.IOException;

/** Takes vectors in any order, from any thread; each index comes once. */
interface EmbeddingResults {
    /**
     * Whether a picture's vector is there already.
     *
     * @param index of the picture
     */
    boolean has(int index);

    /**
     * Takes a vector; may wait until those before it have come.
     *
     * @param index of the picture
     * @param stamp of its file when it was read
     * @throws IOException if it cannot be written: nothing more is to come then
     */
    void put(int index, PictureFile.Stamp stamp, float[] vector) throws IOException;

    /** Learns that there will be no vector for a picture. */
    void skip(int index) throws IOException;

    /** Lets go of all who wait: nothing more is to come. */
    void stop();
}
