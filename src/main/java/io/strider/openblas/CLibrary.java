package io.strider.openblas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The few functions of the C library that finding OpenBLAS needs: the process's own environment
 * (which {@link System#getenv} only saw when the JVM started), the user's number, and which file an
 * address was loaded from.
 *
 * <p>Changing the environment is not safe while another thread reads it through the C library, so
 * it is changed only where a property asks for it or an OpenMP build needs it, and only where the
 * value differs.
 */
final class CLibrary {
    private static final StructLayout DL_INFO =
            MemoryLayout.structLayout(
                    ADDRESS.withName("dli_fname"),
                    ADDRESS.withName("dli_fbase"),
                    ADDRESS.withName("dli_sname"),
                    ADDRESS.withName("dli_saddr"));

    private final Map<String, MethodHandle> bound = new ConcurrentHashMap<>();

    /**
     * An address's file: its path as the dynamic loader knows it, and where it begins in memory.
     */
    record LoadedFile(Path path, long base) {}

    /** The value of a variable of the process's environment as it is now. */
    Optional<String> environmentVariable(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value =
                    (MemorySegment)
                            bind("getenv", FunctionDescriptor.of(ADDRESS, ADDRESS))
                                    .invokeExact(arena.allocateFrom(name));
            return string(value);
        } catch (Throwable e) {
            throw unexpected("getenv", e);
        }
    }

    /** Sets a variable of the process's environment; does nothing if it has that value already. */
    void setEnvironmentVariable(String name, String value) {
        if (environmentVariable(name).filter(value::equals).isPresent()) {
            return;
        }
        int result;
        try (Arena arena = Arena.ofConfined()) {
            result =
                    (int)
                            bind(
                                            "setenv",
                                            FunctionDescriptor.of(
                                                    JAVA_INT, ADDRESS, ADDRESS, JAVA_INT))
                                    .invokeExact(
                                            arena.allocateFrom(name), arena.allocateFrom(value), 1);
        } catch (Throwable e) {
            throw unexpected("setenv", e);
        }
        if (result != 0) {
            throw new IllegalStateException("setenv " + name + ": refused by the C library");
        }
    }

    /** Removes a variable from the process's environment; does nothing if it is not there. */
    void removeEnvironmentVariable(String name) {
        if (environmentVariable(name).isEmpty()) {
            return;
        }
        int result;
        try (Arena arena = Arena.ofConfined()) {
            result =
                    (int)
                            bind("unsetenv", FunctionDescriptor.of(JAVA_INT, ADDRESS))
                                    .invokeExact(arena.allocateFrom(name));
        } catch (Throwable e) {
            throw unexpected("unsetenv", e);
        }
        if (result != 0) {
            throw new IllegalStateException("unsetenv " + name + ": refused by the C library");
        }
    }

    /** The number of the user that the process runs as. */
    int effectiveUser() {
        try {
            return (int) bind("geteuid", FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable e) {
            throw unexpected("geteuid", e);
        }
    }

    /** The file that an address was loaded from, empty if it is not of a loaded file. */
    Optional<LoadedFile> fileOf(MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(DL_INFO);
            if ((int)
                            bind("dladdr", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                                    .invokeExact(address, info)
                    == 0) {
                return Optional.empty();
            }
            long base = info.get(ADDRESS, ADDRESS.byteSize()).address();
            return string(info.get(ADDRESS, 0)).map(name -> new LoadedFile(Path.of(name), base));
        } catch (Throwable e) {
            throw unexpected("dladdr", e);
        }
    }

    /** The text that a C string pointer points to, empty for a null pointer. */
    static Optional<String> string(MemorySegment pointer) {
        return pointer.equals(MemorySegment.NULL)
                ? Optional.empty()
                : Optional.of(pointer.reinterpret(Long.MAX_VALUE).getString(0));
    }

    private MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return bound.computeIfAbsent(name, _ -> newHandle(name, descriptor));
    }

    private static MethodHandle newHandle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address =
                linker.defaultLookup()
                        .find(name)
                        .orElseThrow(() ->
                                new UnsatisfiedLinkError(
                                        "the system's C library has no function " + name));
        return linker.downcallHandle(address, descriptor);
    }

    private static RuntimeException unexpected(String function, Throwable e) {
        return switch (e) {
            case RuntimeException runtime -> runtime;
            case Error error -> throw error;
            default -> new IllegalStateException(function + ": " + e.getMessage(), e);
        };
    }
}
