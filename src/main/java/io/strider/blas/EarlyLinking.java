package io.strider.blas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * OpenBLAS made ready before it is needed, if property {@code strider.warmup} is {@code
 * background}: loading it and linking its first calls takes a cold JVM some 150 ms, which another
 * processor can spend while arguments and models are read.
 *
 * <p>Thread-safe. Public for the library's other packages, of no use to its callers.
 */
public final class EarlyLinking {
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private EarlyLinking() {}

    /** Begins it in a daemon thread, once and if it was asked for. Returns at once. */
    public static void begin() {
        if (WarmUp.isAsked() && BEGUN.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("strider-link").start(EarlyLinking::link);
        }
    }

    /** The calls that a cold network makes. */
    static void link() {
        try (Arena arena = Arena.ofConfined()) {
            Blas blas = Blas.openBlas();
            MemorySegment one = arena.allocate(Float.BYTES, Float.BYTES);
            Transpose no = Transpose.NO_TRANSPOSE;
            blas.sgemm(no, no, 1, 1, 1, 1, one, 0, 1, one, 0, 1, 0, one, 0, 1);
            blas.sgemv(no, 1, 1, 1, one, 0, 1, one, 0, 1, 0, one, 0, 1);
        } catch (RuntimeException | Error _) {
            // Whoever needs OpenBLAS fails alike, and tells.
        }
    }
}
