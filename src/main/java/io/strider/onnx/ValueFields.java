package io.strider.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of one ValueInfoProto and what lies in it. Field numbers: onnx.proto3. */
final class ValueFields {
    private final WireReader wire;
    private String name = "";
    private long elementTypeCode;
    private @Nullable List<Dimension> dimensions;

    /** What the value is instead of a tensor. */
    private @Nullable String other;

    private ValueFields(WireReader wire) {
        this.wire = wire;
    }

    /**
     * Reads the fields of the message that the wire is in.
     *
     * @param isHint whether the value may be something else than a tensor, or nameless
     * @return null for such a hint
     */
    static @Nullable OnnxValue read(WireReader wire, boolean isHint) throws IOException {
        ValueFields fields = new ValueFields(wire);
        fields.read();
        String unfit = fields.other;
        if (fields.name.isEmpty()) {
            unfit = "no name";
        }
        if (unfit == null) {
            return new OnnxValue(fields.name, (int) fields.elementTypeCode, fields.dimensions);
        }
        if (isHint) {
            return null;
        }
        throw wire.refused(unfit + " (expected: a tensor with a name)");
    }

    private void read() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> {
                    name = wire.text("name");
                    wire.named(name);
                }
                case 2 -> wire.message("type", this::readType);
                default -> wire.skip();
            }
        }
    }

    private boolean readType() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> wire.message("tensor type", this::readTensorType);
                case 4 -> skip("a sequence");
                case 5 -> skip("a map");
                case 7 -> skip("an opaque value");
                case 8 -> skip("a sparse tensor");
                case 9 -> skip("an optional value");
                default -> wire.skip();
            }
        }
        return true;
    }

    private void skip(String kind) throws IOException {
        other = kind;
        wire.skip();
    }

    private boolean readTensorType() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> {
                    elementTypeCode = wire.integer();
                    if (elementTypeCode != 0
                            && (elementTypeCode != (int) elementTypeCode
                                    || OnnxElementType.ofCode((int) elementTypeCode) == null)) {
                        throw wire.refused(
                                "elem_type: %d (expected: 1 to 24)".formatted(elementTypeCode));
                    }
                }
                case 2 -> dimensions = wire.message("shape", this::readShape);
                default -> wire.skip();
            }
        }
        return true;
    }

    private List<Dimension> readShape() throws IOException {
        List<Dimension> found = new ArrayList<>();
        while (wire.next()) {
            if (wire.field() == 1) {
                found.add(wire.message("dim", found.size(), this::readDimension));
            } else {
                wire.skip();
            }
        }
        return List.copyOf(found);
    }

    private Dimension readDimension() throws IOException {
        Dimension dimension = new Dimension.Unknown();
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> dimension = size(wire.integer());
                case 2 -> {
                    String symbol = wire.text("dim_param");
                    if (!symbol.isEmpty()) {
                        dimension = new Dimension.Symbol(symbol);
                    }
                }
                default -> wire.skip();
            }
        }
        return dimension;
    }

    /** Some programs write -1 where they know no size. */
    private Dimension size(long size) throws OnnxFormatException {
        if (size < -1) {
            throw wire.refused("dim_value: %d (expected: >= 0)".formatted(size));
        }
        return size < 0 ? new Dimension.Unknown() : new Dimension.Size(size);
    }
}
