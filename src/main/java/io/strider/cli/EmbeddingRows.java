package io.strider.cli;

import java.io.IOException;

/** Finished vectors in the order of the paths. */
interface EmbeddingRows {
    /** Takes one. */
    interface Taker {
        /** Takes a picture's name and its vector, which is not to be kept. */
        void take(String name, float[] vector) throws IOException;
    }

    /** How many there are. */
    int count();

    /** How many numbers each has. */
    int dimensions();

    /** Gives out all of them. */
    void forEach(Taker taker) throws IOException;
}
