package io.strider.benchmark;

import java.util.List;

/** A library that computes convolutions. Used by one thread. */
interface Engine extends AutoCloseable {
    /** One of {@link Options#ENGINES}; loads its libraries. */
    static Engine named(String name) {
        return switch (name) {
            case "strider" -> new StriderEngine();
            case "onnxruntime" -> new OnnxRuntimeEngine();
            case "onednn" -> new OneDnnEngine();
            default -> throw new IllegalArgumentException("engine: " + name);
        };
    }

    /** {@code strider}, {@code onnxruntime} or {@code onednn}. */
    String name();

    /** Version, threading and whatever else a reader of the figures should know. */
    String description();

    /** The layouts this engine computes {@code workload} in, its own first; none if it cannot. */
    List<String> layouts(Workload workload);

    /**
     * Everything that needs doing once: weights packed or reordered, inputs copied into the layout.
     *
     * @param layout one of {@link #layouts}
     * @param operands alive until what is returned is closed
     */
    Prepared prepare(Workload workload, String layout, Operands operands);

    @Override
    void close();

    /** A convolution ready to run on its operands. */
    interface Prepared extends AutoCloseable {
        /** Computes it once; all that is timed. */
        void run();

        /** Writes what the last run computed to {@link Operands#result}. */
        void read();

        /** What the engine calls the way it computes. */
        String algorithm();

        @Override
        void close();
    }
}
