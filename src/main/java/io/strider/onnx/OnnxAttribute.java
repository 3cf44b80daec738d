package io.strider.onnx;

import java.util.List;

/**
 * An attribute of a node.
 *
 * @param name not empty
 * @param value of one of eight kinds
 */
record OnnxAttribute(String name, Value value) {
    /** What an attribute holds. */
    sealed interface Value {
        /** What messages call the kind. */
        String kind();

        /** A float. */
        record OfFloat(float value) implements Value {
            @Override
            public String kind() {
                return "a float";
            }
        }

        /** An integer. */
        record OfInteger(long value) implements Value {
            @Override
            public String kind() {
                return "an integer";
            }
        }

        /** A text. */
        record OfString(String value) implements Value {
            @Override
            public String kind() {
                return "a string";
            }
        }

        /** A tensor. */
        record OfTensor(OnnxTensor value) implements Value {
            @Override
            public String kind() {
                return "a tensor";
            }
        }

        /** A graph of its own, as that of a loop or a branch. */
        record OfGraph(OnnxGraph value) implements Value {
            @Override
            public String kind() {
                return "a graph";
            }
        }

        /** Floats; the array is not handed out. */
        @SuppressWarnings("ArrayRecordComponent") // cloned on the way out; compared by nobody
        record OfFloats(float[] value) implements Value {
            @Override
            public float[] value() {
                return value.clone();
            }

            @Override
            public String kind() {
                return "a list of floats";
            }
        }

        /** Integers; the array is not handed out. */
        @SuppressWarnings("ArrayRecordComponent") // cloned on the way out; compared by nobody
        record OfIntegers(long[] value) implements Value {
            @Override
            public long[] value() {
                return value.clone();
            }

            @Override
            public String kind() {
                return "a list of integers";
            }
        }

        /** Texts. */
        record OfStrings(List<String> value) implements Value {
            @Override
            public String kind() {
                return "a list of strings";
            }
        }
    }

    /** The value, if it is a float. */
    float number() throws OnnxFormatException {
        return as(Value.OfFloat.class, "a float").value();
    }

    /** The value, if it is an integer. */
    long integer() throws OnnxFormatException {
        return as(Value.OfInteger.class, "an integer").value();
    }

    /** The value, if it is a text. */
    String text() throws OnnxFormatException {
        return as(Value.OfString.class, "a string").value();
    }

    /** The value, if it is a tensor. */
    OnnxTensor tensor() throws OnnxFormatException {
        return as(Value.OfTensor.class, "a tensor").value();
    }

    /** The value, if it is a graph. */
    OnnxGraph graph() throws OnnxFormatException {
        return as(Value.OfGraph.class, "a graph").value();
    }

    /** The value, if it is a list of floats; a new array. */
    float[] numbers() throws OnnxFormatException {
        return as(Value.OfFloats.class, "a list of floats").value();
    }

    /** The value, if it is a list of integers; a new array. */
    long[] integers() throws OnnxFormatException {
        return as(Value.OfIntegers.class, "a list of integers").value();
    }

    /** The value, if it is a list of texts. */
    List<String> texts() throws OnnxFormatException {
        return as(Value.OfStrings.class, "a list of strings").value();
    }

    /**
     * The value as {@link Attributes} takes it: Long, Float, String, NdArray, long[], float[] or
     * {@code List<String>}.
     *
     * @throws OnnxFormatException if it is a graph, or a tensor of a type that cannot be computed
     *     with
     */
    Object plain() throws OnnxFormatException {
        return switch (value) {
            case Value.OfFloat(float number) -> number;
            case Value.OfInteger(long number) -> number;
            case Value.OfString(String text) -> text;
            case Value.OfTensor(OnnxTensor tensor) -> tensor.toArray();
            case Value.OfFloats numbers -> numbers.value();
            case Value.OfIntegers numbers -> numbers.value();
            case Value.OfStrings(List<String> texts) -> texts;
            case Value.OfGraph _ -> throw refused("anything but a graph");
        };
    }

    private <T extends Value> T as(Class<T> kind, String expected) throws OnnxFormatException {
        if (!kind.isInstance(value)) {
            throw refused(expected);
        }
        return kind.cast(value);
    }

    private OnnxFormatException refused(String expected) {
        return new OnnxFormatException(
                "attribute %s: %s (expected: %s)"
                        .formatted(Quoted.of(name), value.kind(), expected));
    }
}
