package io.strider.onnx;

import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one ONNX node. Keeps track of those that were asked for, so that one which no
 * rule knows is refused and not ignored.
 */
final class Attributes {
    private final Map<String, Object> values;
    private final Set<String> asked = new HashSet<>();

    /**
     * Of values that are Long, Float, String, NdArray, long[], float[] or {@code List<String>}.
     *
     * @param values by name
     */
    Attributes(Map<String, Object> values) {
        this.values = Map.copyOf(values);
    }

    /** Whether the node has it; counts as asked for. */
    boolean has(String name) {
        asked.add(name);
        return values.containsKey(name);
    }

    /** Marks attributes that have no meaning here as known. */
    void ignore(String... names) {
        asked.addAll(Arrays.asList(names));
    }

    long integer(String name, long otherwise) {
        Long value = get(name, Long.class, "an integer");
        return value == null ? otherwise : value;
    }

    /** An integer that is a truth: 0 or 1. */
    boolean truth(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    float number(String name, float otherwise) {
        Float value = get(name, Float.class, "a float");
        return value == null ? otherwise : value;
    }

    String text(String name, String otherwise) {
        String value = get(name, String.class, "a string");
        return value == null ? otherwise : value;
    }

    long @Nullable [] integers(String name) {
        return get(name, long[].class, "a list of integers");
    }

    /** A list of integers, or another if the node has none. */
    long[] integers(String name, long... otherwise) {
        long[] value = integers(name);
        return value == null ? otherwise : value;
    }

    float @Nullable [] numbers(String name) {
        return get(name, float[].class, "a list of floats");
    }

    @SuppressWarnings("unchecked") // the constructor's contract
    @Nullable List<String> texts(String name) {
        return (List<String>) get(name, List.class, "a list of strings");
    }

    @Nullable NdArray array(String name) {
        return get(name, NdArray.class, "a tensor");
    }

    /** What the node must have. */
    <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("attribute " + name + ": missing");
        }
        return value;
    }

    private <T> @Nullable T get(String name, Class<T> type, String expected) {
        asked.add(name);
        Object value = values.get(name);
        if (value == null) {
            return null;
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "attribute %s: %s (expected: %s)".formatted(name, value, expected));
        }
        return type.cast(value);
    }

    /**
     * Refuses attributes that nothing asked for.
     *
     * @throws IllegalArgumentException naming one
     */
    void requireAllAsked() {
        for (String name : values.keySet()) {
            if (!asked.contains(name)) {
                throw new IllegalArgumentException("attribute " + name + ": not supported");
            }
        }
    }
}
