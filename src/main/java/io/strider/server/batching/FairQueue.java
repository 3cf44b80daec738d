package io.strider.server.batching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The items that wait, in two orders: by key, to see when a batch is due, and by caller, to be
 * fair. Callers stand in a ring: whose turn it is, gives one item and goes to the end. Of one
 * caller and key, items leave in the order in which they came. Not thread-safe.
 *
 * @param <K> their key
 * @param <T> the items
 * @param <R> their result
 */
final class FairQueue<K, T, R> {
    private long maxDelayNanos;
    private final Map<K, Line<K, T, R>> lines = new LinkedHashMap<>();

    /** Whose turn it is stands first. */
    private final LinkedHashMap<String, Map<K, SequencedSet<Entry<K, T, R>>>> callers =
            new LinkedHashMap<>();

    private int size;
    private long entered;

    /** The items of one key, in the order in which they came. */
    private static final class Line<K, T, R> {
        private final SequencedSet<Entry<K, T, R>> entries = new LinkedHashSet<>();

        /** How many may be computed together. */
        private final int limit;

        /** Items up to this number shall wait no longer. */
        private long dueNumber = -1;

        Line(int limit) {
            this.limit = limit;
        }

        /** How long until a batch may be taken; not above 0 if it may be now. */
        long remaining(long now, long maxDelayNanos) {
            Entry<K, T, R> first = entries.getFirst();
            if (entries.size() >= limit || first.number <= dueNumber) {
                return 0;
            }
            return maxDelayNanos - (now - first.enteredNanos());
        }
    }

    /** A queue whose items wait for others for so long. */
    FairQueue(long maxDelayNanos) {
        this.maxDelayNanos = maxDelayNanos;
    }

    int size() {
        return size;
    }

    /**
     * Adds an item at the end of its caller's.
     *
     * @param limit how many of its key may be computed together
     */
    void add(Entry<K, T, R> entry, int limit) {
        entry.number = entered++;
        entry.queued = true;
        size++;
        try {
            lines.computeIfAbsent(entry.key(), _ -> new Line<>(limit)).entries.add(entry);
            callers.computeIfAbsent(entry.caller(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(entry.key(), _ -> new LinkedHashSet<>())
                    .add(entry);
        } catch (Throwable exhausted) {
            remove(entry); // it shall not stand in one order and be missing in the other
            throw exhausted;
        }
    }

    /** Takes an item out; does nothing if it is not there. */
    void remove(Entry<K, T, R> entry) {
        if (!entry.queued) {
            return;
        }
        entry.queued = false;
        size--;
        Line<K, T, R> line = lines.get(entry.key());
        if (line != null) {
            line.entries.remove(entry);
            if (line.entries.isEmpty()) {
                lines.remove(entry.key());
            }
        }
        Map<K, SequencedSet<Entry<K, T, R>>> own = callers.get(entry.caller());
        if (own != null) {
            removeOwn(entry, own);
        }
    }

    private void removeOwn(Entry<K, T, R> entry, Map<K, SequencedSet<Entry<K, T, R>>> own) {
        SequencedSet<Entry<K, T, R>> same = own.get(entry.key());
        if (same != null) {
            same.remove(entry);
            if (same.isEmpty()) {
                own.remove(entry.key());
            }
        }
        if (own.isEmpty()) {
            callers.remove(entry.caller());
        }
    }

    /** Lets no item wait for others from now on. */
    void waitNoLonger() {
        maxDelayNanos = 0;
    }

    /** All items, in the order in which they came, key by key; a copy. */
    List<Entry<K, T, R>> all() {
        List<Entry<K, T, R>> all = new ArrayList<>();
        lines.values().forEach(line -> all.addAll(line.entries));
        return all;
    }

    /**
     * Nanoseconds until a batch is due, at most 0 if one is; nothing comes if there are no items.
     */
    long remaining(long now) {
        long least = Long.MAX_VALUE;
        for (Line<K, T, R> line : lines.values()) {
            least = Math.min(least, line.remaining(now, maxDelayNanos));
        }
        return least;
    }

    /**
     * The key of the batch that is to be computed next: that of the oldest item, among those that
     * are due, of the first caller who has such.
     *
     * @return null if none is due
     */
    @Nullable K due(long now) {
        for (Map<K, SequencedSet<Entry<K, T, R>>> own : callers.values()) {
            Entry<K, T, R> oldest = null;
            for (Map.Entry<K, SequencedSet<Entry<K, T, R>>> same : own.entrySet()) {
                Entry<K, T, R> first = same.getValue().getFirst();
                if ((oldest == null || first.number < oldest.number)
                        && line(same.getKey()).remaining(now, maxDelayNanos) <= 0) {
                    oldest = first;
                }
            }
            if (oldest != null) {
                return oldest.key();
            }
        }
        return null;
    }

    private Line<K, T, R> line(K key) {
        Line<K, T, R> line = lines.get(key);
        if (line == null) {
            throw new IllegalStateException("no items of " + key);
        }
        return line;
    }

    /**
     * How large a batch of a key should be: the items shared out over the lanes that have nothing
     * to do, at most the key's limit, and that or a power of two, so that those who prepare
     * something for each size of a batch have few.
     *
     * @param idleLanes at least 1
     */
    int share(K key, int idleLanes) {
        Line<K, T, R> line = line(key);
        int share = Math.min(line.limit, Math.ceilDiv(line.entries.size(), idleLanes));
        return share == line.limit ? share : Integer.highestOneBit(share);
    }

    /** Lets a key's items, of those that are there, wait for others no longer. */
    void hurry(K key) {
        Line<K, T, R> line = line(key);
        line.dueNumber = line.entries.getLast().number;
    }

    /**
     * Takes the next item of a key: of the first caller in turn who has one.
     *
     * @return null if there is none
     */
    @Nullable Entry<K, T, R> next(K key) {
        for (Map.Entry<String, Map<K, SequencedSet<Entry<K, T, R>>>> caller : callers.entrySet()) {
            SequencedSet<Entry<K, T, R>> same = caller.getValue().get(key);
            if (same != null) {
                Entry<K, T, R> entry = same.getFirst();
                callers.putLast(caller.getKey(), caller.getValue());
                remove(entry);
                return entry;
            }
        }
        return null;
    }
}
