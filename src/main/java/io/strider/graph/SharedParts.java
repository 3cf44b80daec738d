package io.strider.graph;

import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What kernels of one node share between plans, such as packed weights, each thing in memory of its
 * own that is given back when the last plan that uses it is gone. Thread-safe.
 */
final class SharedParts {
    private final Map<Key, Part> parts = new HashMap<>();

    /** Of a node, by its index in the graph. */
    private record Key(int node, Object key) {}

    /** One thing and its memory. */
    static final class Part {
        private final Key key;
        private final Arena arena;
        private final Object made;
        private int users;

        private Part(Key key, Arena arena, Object made) {
            this.key = key;
            this.arena = arena;
            this.made = made;
        }

        Object made() {
            return made;
        }
    }

    /** Makes a thing in an arena. */
    @FunctionalInterface
    interface Maker {
        /** With memory that lives as long as the thing. */
        Object make(Arena arena);
    }

    /** Finds a thing or makes it; the caller uses it until {@link #release}. */
    @SuppressWarnings("MustBeClosed") // by release
    Part use(int node, Object key, Maker maker) {
        Key whole = new Key(node, key);
        synchronized (this) {
            Part part = parts.get(whole);
            if (part != null) {
                part.users++;
                return part;
            }
        }
        Arena arena = Arena.ofShared();
        Part fresh;
        try {
            fresh = new Part(whole, arena, maker.make(arena));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
        synchronized (this) {
            fresh.users = 1;
            // Nodes are planned by one thread each, and plans one after another.
            parts.put(whole, fresh);
        }
        return fresh;
    }

    /** Ends uses, one for each time that a thing was asked for. */
    synchronized void release(Collection<Part> used) {
        for (Part part : used) {
            if (--part.users == 0) {
                parts.remove(part.key);
                part.arena.close();
            }
        }
    }

    /** How many things there are. */
    synchronized int count() {
        return parts.size();
    }
}
