package io.strider.onnx;

import java.io.IOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one ModelProto. Field numbers: onnx.proto3.
 *
 * <p>What is passed over: training_info (how to train the model; nothing that is needed to run it
 * lies there), texts for readers, configurations of devices, and functions of the model's own as
 * long as no node calls one.
 */
final class ModelFields {
    /** Since then a model names its operator sets; before, there was one. */
    private static final long FIRST_WITH_OPSETS = 3;

    private final ReadContext context;
    private final WireReader wire;
    private final Map<String, Long> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Set<Function> functions = new HashSet<>();
    private long irVersion;
    private String producerName = "";
    private String producerVersion = "";
    private @Nullable OnnxGraph graph;

    private ModelFields(ReadContext context) {
        this.context = context;
        this.wire = context.wire();
    }

    private record Function(String domain, String name) {}

    /** Reads the fields of the message that the wire is in. */
    static OnnxModel read(ReadContext context) throws IOException {
        return new ModelFields(context).read();
    }

    /** ONNX's own operators have an empty domain, or this older name for it. */
    static String domain(String written) {
        return written.equals("ai.onnx") ? "" : written;
    }

    private OnnxModel read() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> irVersion = wire.integer();
                case 2 -> producerName = wire.text("producer_name");
                case 3 -> producerVersion = wire.text("producer_version");
                case 7 -> {
                    if (graph != null) {
                        throw wire.refused("graph: twice (expected: once)");
                    }
                    graph = wire.message("graph", () -> GraphFields.read(context, 1));
                }
                case 8 -> wire.message("opset_import", opsets.size(), this::readOpset);
                case 14 -> wire.message("metadata_props", metadata.size(), this::readMetadata);
                case 25 ->
                        functions.add(
                                wire.message("function", functions.size(), this::readFunction));
                default -> wire.skip();
            }
        }
        if (irVersion < 1) {
            throw wire.refused("ir_version: %d (expected: >= 1)".formatted(irVersion));
        }
        if (graph == null) {
            throw wire.refused("graph: missing (expected: one)");
        }
        if (opsets.isEmpty()) {
            if (irVersion >= FIRST_WITH_OPSETS) {
                throw wire.refused("opset_import: missing (expected: at least one)");
            }
            opsets.put("", 1L);
        }
        refuseCalls(graph);
        return new OnnxModel(
                irVersion,
                (producerName + " " + producerVersion).strip(),
                Collections.unmodifiableMap(opsets),
                graph,
                Collections.unmodifiableMap(metadata));
    }

    private boolean readOpset() throws IOException {
        String domain = "";
        long version = 0;
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> domain = domain(wire.text("domain"));
                case 2 -> version = wire.integer();
                default -> wire.skip();
            }
        }
        if (version < 1) {
            throw wire.refused("version: %d (expected: >= 1)".formatted(version));
        }
        Long before = opsets.put(domain, version);
        if (before != null && before != version) {
            throw wire.refused(
                    "domain %s: versions %d and %d (expected: one)"
                            .formatted(Quoted.of(domain), before, version));
        }
        return true;
    }

    private boolean readMetadata() throws IOException {
        String[] entry = EntryFields.read(wire);
        if (metadata.put(entry[0], entry[1]) != null) {
            throw wire.refused("key: twice (expected: once)");
        }
        return true;
    }

    private Function readFunction() throws IOException {
        String name = "";
        String domain = "";
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> name = wire.text("name");
                case 10 -> domain = domain(wire.text("domain"));
                default -> wire.skip();
            }
        }
        return new Function(domain, name);
    }

    private void refuseCalls(OnnxGraph caller) throws OnnxFormatException {
        if (functions.isEmpty()) {
            return;
        }
        for (OnnxNode node : caller.nodes()) {
            if (functions.contains(new Function(node.domain(), node.opType()))) {
                throw wire.refused(
                        node.describe()
                                + ": calls a function of the model's own (expected: an operator; inline functions when exporting)");
            }
            for (OnnxAttribute attribute : node.attributes().values()) {
                if (attribute.value() instanceof OnnxAttribute.Value.OfGraph(OnnxGraph inner)) {
                    refuseCalls(inner);
                }
            }
        }
    }
}
