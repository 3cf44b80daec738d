package io.strider.blas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Which processor a thread runs on, and how it gets off it.
 *
 * <p>Linux wakes a thread on the processor of the thread that wakes it if it believes the others to
 * be busy, and with few processors it believes so for a while after they were. The two then take
 * turns on one processor, with another idle, until the system shares its threads out anew some
 * milliseconds later. Measured with 2 threads on 2 processors, calls of 3 ms in groups of 16 with
 * 30 ms between them: 216 of 4047 calls were computed on one processor from beginning to end, in
 * twice the time; with threads that leave 0 of 4322, the mean 9 % less.
 *
 * <p>Where the system has no such functions, or native access has not been granted, all processors
 * are {@link #UNKNOWN} and nobody moves.
 */
final class Processor {
    static final int UNKNOWN = -1;

    /** As glibc's {@code cpu_set_t}: a bit each for 1024 processors. */
    private static final long SET_BYTES = 128;

    /** The calling thread, for the system's functions. */
    private static final int SELF = 0;

    private Processor() {}

    /** Linked when a thread is first asked where it is. */
    private static final class Current {
        static final @Nullable MethodHandle HANDLE =
                find("sched_getcpu", FunctionDescriptor.of(JAVA_INT));

        private Current() {}
    }

    /** Linked when a thread first moves. */
    private static final class Affinity {
        private static final FunctionDescriptor DESCRIPTOR =
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);

        static final @Nullable MethodHandle GET = find("sched_getaffinity", DESCRIPTOR);
        static final @Nullable MethodHandle SET = find("sched_setaffinity", DESCRIPTOR);

        /** Guarded by {@link Processor}: moving is rare. */
        static final MemorySegment ALLOWED = Arena.global().allocate(SET_BYTES, Long.BYTES);

        private Affinity() {}
    }

    private static @Nullable MethodHandle find(String function, FunctionDescriptor descriptor) {
        if (!Processor.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup()
                    .find(function)
                    .map(address -> linker.downcallHandle(address, descriptor))
                    .orElse(null);
        } catch (UnsupportedOperationException _) { // a JVM without downcalls
            return null;
        }
    }

    /** Where the calling thread is now. */
    static int current() {
        MethodHandle handle = Current.HANDLE;
        if (handle == null) {
            return UNKNOWN;
        }
        try {
            int processor = (int) handle.invokeExact();
            return processor < 0 ? UNKNOWN : processor;
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }

    /**
     * Moves the calling thread to another processor of those that it may use, if it is on {@code
     * processor}. It may use the same ones afterwards.
     *
     * @return whether it has been moved
     */
    static boolean leave(int processor) {
        if (processor == UNKNOWN || current() != processor || processor / 8 >= SET_BYTES) {
            return false;
        }
        synchronized (Processor.class) {
            MethodHandle get = Affinity.GET;
            MethodHandle set = Affinity.SET;
            if (get == null || set == null) {
                return false;
            }
            try {
                MemorySegment allowed = Affinity.ALLOWED.fill((byte) 0);
                if ((int) get.invokeExact(SELF, SET_BYTES, allowed) != 0) {
                    return false;
                }
                byte eight = allowed.get(JAVA_BYTE, processor / 8);
                byte others = (byte) (eight & ~(1 << processor % 8));
                allowed.set(JAVA_BYTE, processor / 8, others);
                if (isEmpty(allowed) || (int) set.invokeExact(SELF, SET_BYTES, allowed) != 0) {
                    return false;
                }
                allowed.set(JAVA_BYTE, processor / 8, eight);
                return (int) set.invokeExact(SELF, SET_BYTES, allowed) == 0;
            } catch (Throwable thrown) {
                throw new AssertionError(thrown);
            }
        }
    }

    private static boolean isEmpty(MemorySegment set) {
        for (long at = 0; at < set.byteSize(); at += Long.BYTES) {
            if (set.get(JAVA_LONG, at) != 0) {
                return false;
            }
        }
        return true;
    }
}
