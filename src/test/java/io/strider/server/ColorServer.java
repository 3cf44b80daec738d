package io.strider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.strider.onnx.OnnxBuilder;
import io.strider.server.http.EmbeddingServer;
import io.strider.server.http.ServerLog;
import io.strider.server.http.ServerMetrics;
import io.strider.server.http.ServerOptions;
import io.strider.server.inference.ModelFile;
import io.strider.server.inference.Models;
import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpConnection;
import io.strider.server.load.HttpTarget;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server, whole but small: a picture's vector is its colour, so that a wrong answer shows. */
final class ColorServer implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    private static final int WHOLE = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    final Path file;
    final Models models;
    final EmbeddingServer server;
    final HttpTarget target;
    private final ServerMetrics metrics = new ServerMetrics();

    ColorServer(
            Path folder,
            UnaryOperator<ServerOptions.Builder> options,
            UnaryOperator<Models.Builder> inference)
            throws IOException {
        file = writeModel(folder.resolve("colors.onnx"), 1);
        models =
                inference
                        .apply(
                                Models.builder()
                                        .model(new ModelFile("colors", file))
                                        .observer(metrics))
                        .load();
        server =
                EmbeddingServer.start(
                        options.apply(ServerOptions.builder().host("127.0.0.1").port(0)).build(),
                        metrics,
                        new ServerLog(ServerLog.Style.OFF, _ -> {}));
        server.serve(models);
        target = HttpTarget.of(server.address());
    }

    /** A model whose vector is the mean red, green and blue, each times {@code sign}. */
    static Path writeModel(Path path, int sign) throws IOException {
        OnnxBuilder model =
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 3, "H", "W")
                        .initializer("sign", new float[] {sign}, 1)
                        .node("GlobalAveragePool", List.of("x"), List.of("mean"))
                        .node("Mul", List.of("mean", "sign"), List.of("vector"))
                        .output("vector")
                        .metadata("image.size", "7x10");
        Path whole = Files.write(path.resolveSibling(path.getFileName() + ".new"), model.toBytes());
        return Files.move(whole, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** A colour for each number, none black. */
    static Color color(int number) {
        return new Color(1 + number * 37 % 255, 1 + number * 91 % 255, 1 + number * 53 % 255);
    }

    static byte[] picture(Color color) throws IOException {
        BufferedImage image = new BufferedImage(10, 7, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 70; i++) {
            image.setRGB(i % 10, i / 10, color.getRGB());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** A connection of bytes. */
    Socket raw() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) LONG.toMillis());
        return socket;
    }

    /** The bytes of {@code POST /embed} with a picture of this colour. */
    byte[] embedding(Color color) throws IOException {
        return post("/embed", "application/octet-stream", picture(color));
    }

    byte[] post(String path, String type, byte[] body) {
        return target.request("POST", path, Map.of("Content-Type", type), body);
    }

    /** Sends it over a connection of its own. */
    HttpAnswer send(byte[] request) throws IOException {
        try (HttpConnection connection = HttpConnection.open(target, LONG)) {
            return connection.send(request, WHOLE);
        }
    }

    /** Shows that a client who asks properly gets the right answer. */
    void answersRightly() throws IOException {
        Color color = color(5);
        HttpAnswer answer = send(embedding(color));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        isVector(JSON.readTree(answer.body()).path("embedding"), color, 1);
    }

    /** Shows that these numbers are the colour's vector. */
    static void isVector(JsonNode numbers, Color color, int sign) {
        double[] expected = {color.getRed(), color.getGreen(), color.getBlue()};
        double length = Math.sqrt(java.util.Arrays.stream(expected).map(x -> x * x).sum());
        assertThat(numbers.size()).as(numbers.toString()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(numbers.path(i).asDouble())
                    .isCloseTo(sign * expected[i] / length, within(1e-5));
        }
    }

    @Override
    public void close() {
        server.close();
        models.close();
        metrics.close();
    }
}
