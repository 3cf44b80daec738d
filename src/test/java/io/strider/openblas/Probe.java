package io.strider.openblas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Loads OpenBLAS as its arguments say and prints what came of it, for {@link ChildJvm}. */
final class Probe {
    private Probe() {}

    public static void main(String[] arguments) throws InterruptedException {
        try {
            OpenBlasLibrary library =
                    switch (arguments[0]) {
                        case "load" -> OpenBlasLibrary.load();
                        case "load-from-16-threads" -> loadFromThreads(16);
                        case "natives" -> OpenBlasLibrary.load(Probe::nativesOnly);
                        case "folders" ->
                                OpenBlasLibrary.load(c ->
                                        in(
                                                Arrays.stream(arguments)
                                                        .skip(1)
                                                        .map(Path::of)
                                                        .toList(),
                                                List.of(),
                                                c));
                        case "loader-name" ->
                                OpenBlasLibrary.load(c -> in(List.of(), List.of(arguments[1]), c));
                        default -> throw new IllegalArgumentException(arguments[0]);
                    };
            print(library);
        } catch (UnsatisfiedLinkError e) {
            System.out.println("error=" + e.getMessage());
            try {
                OpenBlasLibrary.load();
                System.out.println("again=loaded");
            } catch (UnsatisfiedLinkError again) {
                System.out.println("again=" + again.getMessage());
            }
        } catch (IllegalArgumentException e) {
            System.out.println("argument=" + e.getMessage());
        }
    }

    private static LibrarySearch nativesOnly(CLibrary c) {
        return in(List.of(), List.of(), c);
    }

    private static LibrarySearch in(List<Path> folders, List<String> loaderNames, CLibrary c) {
        return new LibrarySearch(
                Optional.empty(),
                Optional.empty(),
                folders,
                List.of(),
                loaderNames,
                new NativesJar(System.getProperties(), System.getenv(), c));
    }

    private static OpenBlasLibrary loadFromThreads(int count) throws InterruptedException {
        Set<OpenBlasLibrary> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads =
                java.util.stream.IntStream.range(0, count)
                        .mapToObj(i -> {
                            Runnable task =
                                    () -> {
                                        try {
                                            start.await();
                                        } catch (InterruptedException e) {
                                            throw new IllegalStateException(e);
                                        }
                                        seen.add(OpenBlasLibrary.load());
                                    };
                            return i % 2 == 0
                                    ? Thread.ofPlatform().start(task)
                                    : Thread.ofVirtual().start(task);
                        })
                        .toList();
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("distinct=" + seen.size());
        return OpenBlasLibrary.load();
    }

    private static void print(OpenBlasLibrary library) {
        Map<String, Object> values =
                Map.of(
                        "path", library.path(),
                        "source", library.source(),
                        "version", library.version(),
                        "config", library.config(),
                        "core", library.coreName(),
                        "threading", library.threading(),
                        "threads", library.threads(),
                        "advice", library.advice().orElse("none"),
                        "text", library);
        values.forEach((key, value) -> System.out.println(key + "=" + value));
        System.out.println("has=" + library.has("cblas_sgemm") + "," + library.has("malloc"));
        System.out.println("product=" + product());
        System.out.println(
                "variable="
                        + new CLibrary().environmentVariable(CoreType.VARIABLE).orElse("unset"));
        Properties properties = System.getProperties();
        properties.setProperty(LibrarySearch.PROPERTY, "/changed/later");
        System.out.println("same=" + (OpenBlasLibrary.load() == library));
    }

    /** (1 2; 3 4)·(5 6; 7 8) by the bindings. */
    private static String product() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
            MemorySegment b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 5, 6, 7, 8);
            MemorySegment product = arena.allocate(ValueLayout.JAVA_FLOAT, 4);
            OpenBlas.cblas_sgemm(
                    OpenBlas.CblasRowMajor(),
                    OpenBlas.CblasNoTrans(),
                    OpenBlas.CblasNoTrans(),
                    2,
                    2,
                    2,
                    1,
                    a,
                    2,
                    b,
                    2,
                    0,
                    product,
                    2);
            return Arrays.toString(product.toArray(ValueLayout.JAVA_FLOAT));
        }
    }
}
