package io.strider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.server.http.EmbeddingServer;
import io.strider.server.http.ServerLog;
import io.strider.server.http.ServerMetrics;
import io.strider.server.http.ServerOptions;
import io.strider.server.load.HttpAnswer;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures, models and memory that are not what they should be, in the middle of good ones. */
class PictureFaultsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Color GOOD = ColorServer.color(3);

    @TempDir private Path folder;

    /** A PNG of a few bytes that says it is 60000 × 60000. */
    private static byte[] bomb() throws IOException {
        byte[] picture = ColorServer.picture(GOOD);
        ByteBuffer header = ByteBuffer.wrap(picture);
        header.putInt(16, 60_000).putInt(20, 60_000);
        CRC32 sum = new CRC32();
        sum.update(picture, 12, 17);
        header.putInt(29, (int) sum.getValue());
        return picture;
    }

    private static byte[] truncated() throws IOException {
        byte[] picture = ColorServer.picture(GOOD);
        return Arrays.copyOf(picture, picture.length / 2);
    }

    private static byte[] rubbish() {
        byte[] bytes = new byte[3000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void badPicturesOfARequestDoNotSpoilTheirNeighbours() throws IOException {
        List<byte[]> pictures =
                List.of(
                        ColorServer.picture(ColorServer.color(0)),
                        bomb(),
                        ColorServer.picture(ColorServer.color(2)),
                        truncated(),
                        rubbish(),
                        ColorServer.picture(ColorServer.color(5)));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] picture : pictures) {
            body.writeBytes(
                    "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(picture);
            body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        try (ColorServer server = new ColorServer(folder, options -> options, models -> models)) {
            HttpAnswer answer =
                    server.send(
                            server.post(
                                    "/embed",
                                    "multipart/form-data; boundary=b",
                                    body.toByteArray()));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            JsonNode all = JSON.readTree(answer.body()).path("embeddings");
            assertThat(all.size()).isEqualTo(pictures.size());
            for (int i : new int[] {0, 2, 5}) {
                ColorServer.isVector(all.path(i).path("embedding"), ColorServer.color(i), 1);
            }
            for (int i : new int[] {1, 3, 4}) {
                assertThat(all.path(i).path("embedding").isMissingNode()).isTrue();
                assertThat(all.path(i).path("error").path("message").asString()).isNotEmpty();
            }
        }
    }

    @Test
    void badPicturesOfOthersDoNotSpoilABatch() throws Exception {
        try (ColorServer server =
                        new ColorServer(
                                folder, // long enough that those who ask at once share batches
                                options -> options,
                                models -> models.maxDelay(Duration.ofMillis(50)));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<byte[]> bad = List.of(bomb(), truncated(), rubbish());
            List<Callable<HttpAnswer>> asked =
                    IntStream.range(0, 60)
                            .mapToObj(i ->
                                    (Callable<HttpAnswer>)
                                            () ->
                                                    server.send(
                                                            i % 3 == 0
                                                                    ? server.post(
                                                                            "/embed",
                                                                            "image/png",
                                                                            bad.get(i / 3 % 3))
                                                                    : server.embedding(
                                                                            ColorServer.color(i))))
                            .toList();
            List<Future<HttpAnswer>> answers = clients.invokeAll(asked);
            for (int i = 0; i < answers.size(); i++) {
                HttpAnswer answer = answers.get(i).get();
                if (i % 3 == 0) {
                    assertThat(answer.status()).as(answer.body()).isIn(400, 413);
                } else {
                    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                    ColorServer.isVector(
                            JSON.readTree(answer.body()).path("embedding"),
                            ColorServer.color(i),
                            1);
                }
            }
        }
    }

    @Test
    void aModelFileThatBecomesRubbishWhileServingChangesNothing() throws Exception {
        try (ColorServer server = new ColorServer(folder, options -> options, models -> models);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger turned = new AtomicInteger();
            Callable<Integer> client =
                    () -> {
                        int asked = 0;
                        while (!over.get()) {
                            HttpAnswer answer = server.send(server.embedding(GOOD));
                            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                            JsonNode vector = JSON.readTree(answer.body()).path("embedding");
                            int sign = vector.path(0).asDouble() < 0 ? -1 : 1;
                            ColorServer.isVector(vector, GOOD, sign);
                            if (sign < 0) {
                                turned.incrementAndGet();
                            }
                            asked++;
                        }
                        return asked;
                    };
            List<Future<Integer>> running =
                    List.of(clients.submit(client), clients.submit(client), clients.submit(client));
            byte[] good = Files.readAllBytes(server.file);
            for (byte[] bad :
                    List.of(rubbish(), new byte[0], Arrays.copyOf(good, good.length / 2))) {
                Files.write(server.file, bad);
                assertThatThrownBy(() -> server.server.replace(null))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("colors");
                server.answersRightly();
            }
            Files.delete(server.file);
            assertThatThrownBy(() -> server.server.replace(null)).isInstanceOf(IOException.class);
            server.answersRightly();
            ColorServer.writeModel(server.file, -1);
            server.server.replace(null);
            HttpAnswer answer = server.send(server.embedding(GOOD));
            ColorServer.isVector(JSON.readTree(answer.body()).path("embedding"), GOOD, -1);
            over.set(true);
            for (Future<Integer> each : running) {
                assertThat(each.get()).isPositive();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsSaid() throws IOException {
        try (ColorServer server = new ColorServer(folder, options -> options, models -> models);
                ServerMetrics metrics = new ServerMetrics()) {
            int port = server.server.port();
            assertThatThrownBy(() ->
                            EmbeddingServer.start(
                                            ServerOptions.builder().port(port).build(),
                                            metrics,
                                            new ServerLog(ServerLog.Style.OFF, _ -> {}))
                                    .close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("" + port)
                    .hasMessageContaining("--port");
            server.answersRightly();
        }
    }
}
