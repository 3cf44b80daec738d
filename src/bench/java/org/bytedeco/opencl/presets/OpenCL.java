package org.bytedeco.opencl.presets;

/**
 * Stands for the class of this name in the artifact {@code org.bytedeco:opencl}, which an
 * annotation of oneDNN's classes names and which Maven Central does not have in the version asked
 * for. It is for GPUs; nothing of it is used on a CPU.
 */
public final class OpenCL {
    private OpenCL() {}
}
