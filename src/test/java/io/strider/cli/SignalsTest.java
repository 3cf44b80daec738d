package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.strider.server.load.HttpTarget;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals that this process sends to itself. */
class SignalsTest {
    /** Does nothing to a process that does not handle it. */
    private static final String HARMLESS = "CONT";

    @TempDir private Path folder;

    private static Object signal(String name) throws ReflectiveOperationException {
        return Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
    }

    private static void raise(String name) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Object _ = type.getMethod("raise", type).invoke(null, signal(name));
    }

    /** Sets who handles a signal; returns who did so far. */
    private static Object handler(String name, Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Method handle = type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler"));
        return handle.invoke(null, signal(name), handler);
    }

    private static Object standing(String name) throws ReflectiveOperationException {
        return Class.forName("sun.misc.SignalHandler").getField(name).get(null);
    }

    @Test
    void signalsAreHandedOverByTheirNames() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Object before = handler(HARMLESS, standing("SIG_IGN"));
        try {
            assertThat(Signals.handle(List.of(HARMLESS), got::add)).isEmpty();
            raise(HARMLESS);
            raise(HARMLESS);
            assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo(HARMLESS);
            assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo(HARMLESS);
        } finally {
            Object ours = handler(HARMLESS, before);
            assertThat(List.of(ours, before).indexOf(ours)).isZero();
            assertThat(ours).isNotEqualTo(before).hasSameHashCodeAs(System.identityHashCode(ours));
            assertThat(ours).hasToString("handler of " + HARMLESS);
        }
    }

    @Test
    void whatCannotBeHadIsTold() throws Exception {
        Object before = handler(HARMLESS, standing("SIG_IGN"));
        try {
            assertThat(Signals.handle(List.of("NONE", HARMLESS, "KILL"), _ -> {}))
                    .containsExactly("NONE", "KILL");
        } finally {
            Object _ = handler(HARMLESS, before);
        }
    }

    @Test
    void theServerHearsThem() throws Exception {
        Map<String, Object> before = new LinkedHashMap<>();
        for (String name : List.of("HUP", "INT", "TERM")) {
            before.put(name, taken(name));
        }
        try (ServeRun run =
                ServeRun.hearing(
                        "--model", Pictures.model(folder.resolve("colors.onnx")), "--log", "off")) {
            HttpTarget _ = run.ready("colors");
            raise("HUP");
            run.awaitLog("strider: replaced models\n");
            raise("TERM");
            run.end().isDone();
        } finally {
            for (Map.Entry<String, Object> each : before.entrySet()) {
                Object _ = handler(each.getKey(), each.getValue());
            }
        }
    }

    /** Who handles a signal now; of a JVM that keeps its signals to itself nothing can be shown. */
    private static Object taken(String name) throws ReflectiveOperationException, IOException {
        try { // not ignored: the JVM would leave it so
            return handler(name, standing("SIG_DFL"));
        } catch (InvocationTargetException keeps) {
            assumeThat(keeps).as("started with -Xrs").isNull();
            throw new IOException(keeps);
        }
    }
}
