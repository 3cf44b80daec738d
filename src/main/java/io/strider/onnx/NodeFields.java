package io.strider.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of one NodeProto. Field numbers: onnx.proto3. */
final class NodeFields {
    private NodeFields() {}

    /**
     * Reads the fields of the message that the wire is in.
     *
     * @param depth how many graphs lie around it
     */
    static OnnxNode read(ReadContext context, int depth) throws IOException {
        WireReader wire = context.wire();
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        String name = "";
        String opType = "";
        String domain = "";
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> inputs.add(wire.text("input"));
                case 2 -> outputs.add(wire.text("output"));
                case 3 -> {
                    name = wire.text("name");
                    wire.named(name);
                }
                case 4 -> opType = wire.text("op_type");
                case 5 -> {
                    OnnxAttribute attribute =
                            wire.message(
                                    "attribute",
                                    attributes.size(),
                                    () -> AttributeFields.read(context, depth));
                    if (attributes.put(attribute.name(), attribute) != null) {
                        throw wire.refused(
                                "attribute %s: twice (expected: once)"
                                        .formatted(Quoted.of(attribute.name())));
                    }
                }
                case 7 -> domain = ModelFields.domain(wire.text("domain"));
                default -> wire.skip();
            }
        }
        if (opType.isEmpty()) {
            throw wire.refused("op_type: missing (expected: an operator)");
        }
        return new OnnxNode(
                name,
                opType,
                domain,
                List.copyOf(inputs),
                List.copyOf(outputs),
                Collections.unmodifiableMap(attributes));
    }
}
