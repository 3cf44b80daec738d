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
 * <p>Each is initialised by the first kernel that runs it, so after the library is loaded: linking
 * one takes some milliseconds, and most processes call but two or three.
 */
final class Downcalls {
    private Downcalls() {}

    /** {@code cblas_sgemm}. */
    static final class Sgemm {
        static final MethodHandle HANDLE = OpenBlas.cblas_sgemm$handle();

        private Sgemm() {}
    }

    /** {@code cblas_dgemm}. */
    static final class Dgemm {
        static final MethodHandle HANDLE = OpenBlas.cblas_dgemm$handle();

        private Dgemm() {}
    }

    /** {@code cblas_sgemv}. */
    static final class Sgemv {
        static final MethodHandle HANDLE = OpenBlas.cblas_sgemv$handle();

        private Sgemv() {}
    }

    /** {@code cblas_sger}. */
    static final class Sger {
        static final MethodHandle HANDLE = OpenBlas.cblas_sger$handle();

        private Sger() {}
    }

    /** {@code cblas_saxpy}. */
    static final class Saxpy {
        static final MethodHandle HANDLE = OpenBlas.cblas_saxpy$handle();

        private Saxpy() {}
    }

    /** {@code cblas_saxpby}. */
    static final class Saxpby {
        static final MethodHandle HANDLE = OpenBlas.cblas_saxpby$handle();

        private Saxpby() {}
    }

    /** {@code cblas_sscal}. */
    static final class Sscal {
        static final MethodHandle HANDLE = OpenBlas.cblas_sscal$handle();

        private Sscal() {}
    }

    /** {@code cblas_scopy}. */
    static final class Scopy {
        static final MethodHandle HANDLE = OpenBlas.cblas_scopy$handle();

        private Scopy() {}
    }

    /** {@code cblas_sdot}. */
    static final class Sdot {
        static final MethodHandle HANDLE = OpenBlas.cblas_sdot$handle();

        private Sdot() {}
    }

    /** {@code cblas_snrm2}. */
    static final class Snrm2 {
        static final MethodHandle HANDLE = OpenBlas.cblas_snrm2$handle();

        private Snrm2() {}
    }

    /** {@code cblas_sasum}. */
    static final class Sasum {
        static final MethodHandle HANDLE = OpenBlas.cblas_sasum$handle();

        private Sasum() {}
    }

    /** {@code cblas_isamax}. */
    static final class Isamax {
        static final MethodHandle HANDLE = OpenBlas.cblas_isamax$handle();

        private Isamax() {}
    }

    /** {@code cblas_somatcopy}. */
    static final class Somatcopy {
        static final MethodHandle HANDLE = OpenBlas.cblas_somatcopy$handle();

        private Somatcopy() {}
    }

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
