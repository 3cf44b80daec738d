package io.strider.server.protocol;

import static io.strider.server.protocol.JsonInput.refused;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects one input of a request, whose fields may come in any order. For one thread. */
final class InferInput implements JsonInput.Fields {
    /** Tensors have no more dimensions. */
    private static final int MAX_RANK = 8;

    private final String path;
    private final byte[] body;
    private final int jsonLength;
    private final TensorRoom room;
    private @Nullable String name;
    private @Nullable ElementType type;
    private long @Nullable [] shape;
    private int count;

    /** What was read, where type and shape came before the data. */
    private @Nullable NdArray tensor;

    /** Where in the body the data stands that came before type or shape; −1 if there is none. */
    private int dataStart = -1;

    private int dataEnd;

    /** How many bytes behind the JSON are this tensor's; −1 if it is not given so. */
    private int binarySize = -1;

    /**
     * An input of which nothing is known yet.
     *
     * @param path what messages call it
     * @param jsonLength how many of the body's bytes are JSON
     * @param room asked before memory is taken for the elements
     */
    InferInput(String path, byte[] body, int jsonLength, TensorRoom room) {
        this.path = path;
        this.body = body;
        this.jsonLength = jsonLength;
        this.room = room;
    }

    @Override
    public void read(String field, JsonInput value) throws RefusedException {
        switch (field) {
            case "name" -> name = value.text(path + ".name", InferReader.MAX_NAME);
            case "datatype" ->
                    type =
                            Datatype.read(
                                    path + ".datatype",
                                    value.text(path + ".datatype", Datatype.MAX_LENGTH));
            case "shape" -> readShape(value);
            case "parameters" -> value.object(path + ".parameters", this::readParameter);
            case "data" -> readData(value);
            default -> value.skip();
        }
    }

    private void readShape(JsonInput value) throws RefusedException {
        long[] sizes = new long[MAX_RANK];
        int[] rank = {0};
        value.array(
                path + ".shape",
                (dim, size) -> {
                    if (dim == MAX_RANK) {
                        throw refused(
                                "%s.shape: more than %d dimensions (expected: fewer)"
                                        .formatted(path, MAX_RANK));
                    }
                    sizes[dim] = size.whole(path + ".shape", 0, Long.MAX_VALUE);
                    rank[0]++;
                });
        shape = Arrays.copyOf(sizes, rank[0]);
        count = count(shape);
    }

    /** How many elements a shape has; refused if the body has fewer bytes. */
    private int count(long... sizes) throws RefusedException {
        boolean empty = Arrays.stream(sizes).anyMatch(size -> size == 0);
        int most = empty ? Integer.MAX_VALUE : body.length;
        long product = 1;
        for (long size : sizes) {
            // Compared before it is multiplied: the product cannot overflow.
            if (size > most / product) {
                throw refused(
                        "%s.shape: %s, too large (expected: no more elements than the body has bytes, %d)"
                                .formatted(path, Arrays.toString(sizes), body.length));
            }
            product *= Math.max(size, 1);
        }
        return empty ? 0 : (int) product;
    }

    private void readParameter(String parameter, JsonInput value) throws RefusedException {
        if (parameter.equals("binary_data_size")) {
            String full = path + ".parameters.binary_data_size";
            binarySize = (int) value.whole(full, 0, body.length - jsonLength);
        } else {
            InferReader.refuseSharedMemory(path, parameter);
            value.skip();
        }
    }

    private void readData(JsonInput value) throws RefusedException {
        if (type != null && shape != null) {
            room.take(Datatype.heapBytes(type, count));
            tensor = new TensorText(path + ".data", type, count, shape).read(value);
        } else {
            dataStart = value.start();
            value.skip();
            dataEnd = value.end();
        }
    }

    /** What messages call it. */
    String path() {
        return path;
    }

    /** How many bytes behind the JSON are this tensor's. */
    int binarySize() {
        return Math.max(0, binarySize);
    }

    String name() throws RefusedException {
        return given("name", name);
    }

    /**
     * The tensor, once all fields were read.
     *
     * @param nextBytes where in the body its bytes begin, if they stand behind the JSON
     */
    NdArray tensor(int nextBytes) throws RefusedException {
        ElementType elements = given("datatype", type);
        long[] sizes = given("shape", shape);
        boolean text = tensor != null || dataStart >= 0;
        if (text == binarySize >= 0) {
            throw refused(
                    "%s: %s data and parameters.binary_data_size (expected: one of them)"
                            .formatted(path, text ? "both" : "neither"));
        }
        if (tensor != null) {
            return tensor;
        }
        if (text) {
            @Nullable NdArray[] late = {null};
            room.take(Datatype.heapBytes(elements, count));
            TensorText data = new TensorText(path + ".data", elements, count, sizes);
            JsonInput.read(body, dataStart, dataEnd, value -> late[0] = data.read(value));
            return given("data", late[0]);
        }
        long expected = (long) count * elements.bytes();
        if (binarySize != expected) {
            throw refused(
                    "%s.parameters.binary_data_size: %d (expected: %d, of %d elements of %s)"
                            .formatted(path, binarySize, expected, count, Datatype.of(elements)));
        }
        if (binarySize > body.length - nextBytes) {
            throw refused(
                    "body: %d bytes left for %s (expected: %d)"
                            .formatted(body.length - nextBytes, path, binarySize));
        }
        room.take(Datatype.heapBytes(elements, count));
        return LittleEndian.read(body, nextBytes, elements, count, sizes);
    }

    private <T> T given(String field, @Nullable T value) throws RefusedException {
        if (value == null) {
            throw refused("%s.%s: missing (expected: a value)".formatted(path, field));
        }
        return value;
    }
}
