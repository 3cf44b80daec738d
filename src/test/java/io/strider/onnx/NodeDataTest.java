package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.strider.graph.Graph;
import io.strider.graph.GraphInput;
import io.strider.graph.PlainRun;
import io.strider.graph.Session;
import io.strider.graph.Value;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * ONNX's own node tests, at their tolerance. Those that are not passed are listed by name in {@code
 * node-tests-not-passed.txt}, each group with its reason; a test that is listed must fail, so that
 * the list cannot grow old.
 */
class NodeDataTest {
    /** As onnx.backend.test compares. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-7;

    @TestFactory
    Stream<DynamicTest> passedPlainly() throws IOException {
        return passed(NodeDataTest::runPlainly);
    }

    @TestFactory
    Stream<DynamicTest> passedBySessions() throws IOException {
        return passed(NodeDataTest::runInASession);
    }

    @Test
    void theListOfThoseNotPassedIsUpToDate() throws IOException {
        assumeTrue(Files.isDirectory(NodeCase.DATA), "libonnx-testdata is not installed");
        Set<String> all = NodeCase.all().stream().map(NodeCase::name).collect(Collectors.toSet());
        assertThat(all).hasSizeGreaterThan(900).containsAll(notPassed());
        for (NodeCase node : NodeCase.all()) {
            if (notPassed().contains(node.name())) {
                assertThatThrownBy(() -> check(node, runPlainly(node)))
                        .as(node.name())
                        .isInstanceOfAny(
                                IOException.class,
                                IllegalArgumentException.class,
                                AssertionError.class);
            }
        }
    }

    /** Runs a case and gives its outputs in the model's order. */
    interface Runner {
        List<NdArray> run(NodeCase node) throws IOException;
    }

    static Stream<DynamicTest> passed(Runner runner) throws IOException {
        assumeTrue(Files.isDirectory(NodeCase.DATA), "libonnx-testdata is not installed");
        Set<String> notPassed = notPassed();
        return NodeCase.all().stream()
                .filter(node -> !notPassed.contains(node.name()))
                .map(node ->
                        DynamicTest.dynamicTest(node.name(), () -> check(node, runner.run(node))));
    }

    private static List<NdArray> runPlainly(NodeCase node) throws IOException {
        try (OnnxNetwork network = OnnxNetwork.load(node.model())) {
            Graph graph = network.graph();
            return new ArrayList<>(PlainRun.run(graph, inputs(graph, node)).values());
        }
    }

    private static List<NdArray> runInASession(NodeCase node) throws IOException {
        try (OnnxNetwork network = OnnxNetwork.load(node.model());
                Session session = Session.of(network.graph());
                Arena arena = Arena.ofConfined()) {
            Map<String, Value> values = new HashMap<>();
            inputs(network.graph(), node)
                    .forEach((name, array) ->
                            values.put(
                                    name,
                                    array.type() == ElementType.FLOAT32
                                            ? new Value.Floats(array.toTensor(arena))
                                            : new Value.Numbers(array)));
            Map<String, Value> results = session.run(values, arena);
            return network.graph().outputs().stream()
                    .map(name -> results.get(name).array())
                    .toList();
        }
    }

    static Map<String, NdArray> inputs(Graph graph, NodeCase node) throws IOException {
        List<NdArray> given = node.arrays("input");
        Map<String, NdArray> inputs = new HashMap<>();
        for (int i = 0; i < graph.inputs().size(); i++) {
            GraphInput input = graph.inputs().get(i);
            inputs.put(input.name(), inItsType(given.get(i), input.type()));
        }
        return inputs;
    }

    /** NumPy has no bfloat16; the files hold its bits as uint16. */
    private static NdArray inItsType(NdArray array, ElementType type) {
        if (type != ElementType.BFLOAT16 || array.type() != ElementType.UINT16) {
            return array;
        }
        double[] values = new double[array.count()];
        Arrays.setAll(values, i -> Float.intBitsToFloat((int) array.getLong(i) << 16));
        return NdArray.ofDoubles(type, values, array.shape());
    }

    private static void check(NodeCase node, List<NdArray> actual) throws IOException {
        List<NdArray> expected = node.arrays("output");
        assertThat(actual).hasSize(expected.size());
        for (int output = 0; output < expected.size(); output++) {
            NdArray got = actual.get(output);
            NdArray wanted = inItsType(expected.get(output), got.type());
            assertThat(got.type()).isEqualTo(wanted.type());
            assertThat(got.shape()).isEqualTo(wanted.shape());
            for (int i = 0; i < wanted.count(); i++) {
                double w = wanted.getDouble(i);
                double g = got.getDouble(i);
                boolean near =
                        Double.compare(w, g) == 0
                                || w == g
                                || Math.abs(w - g) <= ABSOLUTE + RELATIVE * Math.abs(w);
                assertThat(near)
                        .as("output %s, element %s: %s (expected: %s)", output, i, g, w)
                        .isTrue();
            }
        }
    }

    static Set<String> notPassed() throws IOException {
        Set<String> names = new TreeSet<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                NodeDataTest.class.getResourceAsStream("node-tests-not-passed.txt"),
                                StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    names.add(line.strip());
                }
            }
        }
        return names;
    }
}
