/** Convolutions on off-heap tensors through the system's OpenBLAS. */
@SuppressWarnings("requires-automatic") // protobuf-java has a name in its manifest, and no more
module io.strider {
    requires static org.jspecify;

    // Quicker loops where the JVM was started with --add-modules jdk.incubator.vector.
    requires static jdk.incubator.vector;

    // For reading ONNX files.
    requires static com.google.protobuf;
    // For pictures: ImageIO's JPEG reader, and preprocessor_config.json.
    requires static java.desktop;
    requires static tools.jackson.databind;

    // For the server and its load generator.
    requires static io.helidon.common.configurable;
    requires static io.helidon.common.pki;
    requires static io.helidon.http;
    requires static io.helidon.webserver;
    requires static java.logging;
    requires static java.net.http;
    requires static micrometer.core;
    requires static micrometer.registry.prometheus;
    requires static HdrHistogram;

    // For the command line alone; whoever embeds the library needs none of them.
    requires static info.picocli;
    requires static jdk.management;
    requires static me.tongfei.progressbar;

    exports io.strider.blas;
    exports io.strider.conv;
    exports io.strider.embedding;
    exports io.strider.graph;
    exports io.strider.graph.operator;
    exports io.strider.onnx;
    exports io.strider.ops;
    exports io.strider.tensor;

    // TwelveMonkeys' WebP reader, where it is there.
    uses javax.imageio.spi.ImageReaderSpi;

    opens io.strider.cli to
            info.picocli;
}
