package io.strider.onnx;

/**
 * What is left of the {@link OnnxLimits} while a file is read. Everything whose size the file
 * decides is charged here before it is allocated, so that a small file cannot fill the memory.
 *
 * <p>For one thread and one read.
 */
final class ReadBudget {
    private final OnnxLimits limits;
    private long data;
    private long objects;

    ReadBudget(OnnxLimits limits) {
        this.limits = limits;
        this.data = limits.dataBytes();
        this.objects = limits.objectBytes();
    }

    /**
     * Takes off-heap bytes.
     *
     * @param bytes not negative
     * @return whether there were that many
     */
    boolean takeData(long bytes) {
        if (bytes > data) {
            return false;
        }
        data -= bytes;
        return true;
    }

    /**
     * Takes heap bytes.
     *
     * @param bytes not negative
     * @return whether there were that many
     */
    boolean takeObjects(long bytes) {
        if (bytes > objects) {
            return false;
        }
        objects -= bytes;
        return true;
    }

    /** The heap bytes that have been charged. */
    long objectsTaken() {
        return limits.objectBytes() - objects;
    }

    OnnxLimits limits() {
        return limits;
    }
}
