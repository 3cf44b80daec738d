package io.strider.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * Signals of the operating system, handed to us instead of ending the process. The JDK's module
 * jdk.unsupported is the only way to them; it is reached by reflection, since javac warns of it in
 * a way that cannot be silenced.
 */
final class Signals {
    private Signals() {}

    /**
     * From now on, signals of these names are given to the handler, each on a thread of its own.
     *
     * @param names without SIG
     * @return those that cannot be had here: taken by the JVM ({@code -Xrs}), or unknown
     */
    static List<String> handle(List<String> names, Consumer<String> handler) {
        return names.stream().filter(name -> !handle(name, handler)).toList();
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    private static boolean handle(String name, Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            type.getClassLoader(),
                            new Class<?>[] {type},
                            (self, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            handler.accept(name);
                                            yield null;
                                        }
                                        case "equals" -> self == arguments[0];
                                        case "hashCode" -> System.identityHashCode(self);
                                        default -> "handler of " + name;
                                    });
            signal.getMethod("handle", signal, type)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException | LinkageError unavailable) {
            return false;
        }
    }
}
