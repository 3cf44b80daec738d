package io.strider.blas;

import io.strider.openblas.OpenBlas;
import java.lang.invoke.MethodHandle;

/**
 * The handles of the generated downcalls, as constants. Invoked directly, a constant handle is
 * always inlined into its caller, so that the compiler sees the operands' slices from making to use
 * and takes them apart. The generated methods around the handles are not: compiled on their own
 * they grow too big to be inlined, and each slice then is an object of 40 bytes. Which of the two
 * happens would depend on what a process ran first.
 *
 * <p>Initialised by the first kernel that runs, so after the library is loaded.
 */
final class Downcalls {
    static final MethodHandle SGEMM = OpenBlas.cblas_sgemm$handle();
    static final MethodHandle DGEMM = OpenBlas.cblas_dgemm$handle();
    static final MethodHandle SGEMV = OpenBlas.cblas_sgemv$handle();
    static final MethodHandle SGER = OpenBlas.cblas_sger$handle();
    static final MethodHandle SAXPY = OpenBlas.cblas_saxpy$handle();
    static final MethodHandle SAXPBY = OpenBlas.cblas_saxpby$handle();
    static final MethodHandle SSCAL = OpenBlas.cblas_sscal$handle();
    static final MethodHandle SCOPY = OpenBlas.cblas_scopy$handle();
    static final MethodHandle SDOT = OpenBlas.cblas_sdot$handle();
    static final MethodHandle SNRM2 = OpenBlas.cblas_snrm2$handle();
    static final MethodHandle SASUM = OpenBlas.cblas_sasum$handle();
    static final MethodHandle ISAMAX = OpenBlas.cblas_isamax$handle();
    static final MethodHandle SOMATCOPY = OpenBlas.cblas_somatcopy$handle();

    private Downcalls() {}

    /** What a handle threw; a downcall throws nothing checked. */
    static RuntimeException failure(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("a downcall threw " + thrown, thrown);
    }
}
