package io.strider.benchmark.network;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A library that runs networks, on a number of threads it was made for. Used by one thread. */
interface NetworkEngine extends AutoCloseable {
    /** Version, threading and whatever else a reader of the figures should know. */
    String description();

    /**
     * Reads a model and makes it ready for pictures of one batch size: all that is called loading.
     *
     * @throws UnfitNetworkException if the network cannot be given such a batch
     * @throws Exception if the engine refuses the model
     */
    Loaded load(Path model, int batch) throws Exception;

    @Override
    void close();

    /** A network ready to run. */
    interface Loaded extends AutoCloseable {
        /** What it reads, sizes all known. */
        List<NetworkInput> inputs();

        /**
         * Gives it its inputs, once, before the first run.
         *
         * @param data elements by input, row-major, in direct buffers of the machine's byte order
         */
        void bind(Map<NetworkInput, ByteBuffer> data) throws Exception;

        /** Computes all outputs; what is timed. */
        void run() throws Exception;

        /** What the last run computed: all outputs in the model's order, one after the other. */
        float[] outputs() throws Exception;

        @Override
        void close();
    }
}
