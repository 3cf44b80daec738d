package io.strider.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.Picture;
import io.strider.server.batching.Computation;
import io.strider.server.http.EmbeddingServer;
import io.strider.server.http.ServerLog;
import io.strider.server.http.ServerMetrics;
import io.strider.server.http.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients are answered over HTTP, joined into batches with others and computed by several
 * threads, has the bits that the library gives for the same batch.
 */
@Timeout(120)
class BatchBitsTest {
    private static final int CLIENTS = 6;
    private static final int REQUESTS = 20;

    private final ConcurrentLinkedQueue<Batch> batches = new ConcurrentLinkedQueue<>();

    /** What has been computed at once. */
    private record Batch(List<Picture> pictures, List<float[]> vectors) {}

    private Computation<BatchKey, Work, Work.Product> recording(
            Computation<BatchKey, Work, Work.Product> computation) {
        return (key, items) -> {
            List<Work.Product> products = computation.compute(key, items);
            batches.add(
                    new Batch(
                            items.stream().map(item -> ((Work.OfPicture) item).picture()).toList(),
                            products.stream()
                                    .map(product -> ((Work.Vector) product).values())
                                    .toList()));
            return products;
        };
    }

    @Test
    void answersHaveTheBitsOfTheLibrary() throws Exception {
        List<byte[]> photographs = TestModels.photographs();
        List<Future<List<float[]>>> clients = new ArrayList<>();
        try (ServerMetrics metrics = new ServerMetrics();
                Models models =
                        Models.builder()
                                .computeThreads(2)
                                .maxDelay(Duration.ofMillis(5))
                                .around(this::recording)
                                .load();
                EmbeddingServer server =
                        EmbeddingServer.start(
                                ServerOptions.builder().port(0).build(),
                                metrics,
                                new ServerLog(ServerLog.Style.OFF, _ -> {}));
                HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            server.serve(models);
            String url = server.address();
            for (int i = 0; i < CLIENTS; i++) {
                int first = i;
                clients.add(threads.submit(() -> answers(http, url, photographs, first)));
            }
            for (Future<List<float[]>> client : clients) {
                assertThat(client.get()).hasSize(REQUESTS);
            }
        }
        assertThat(batches.stream().mapToInt(batch -> batch.pictures().size()).sum())
                .isEqualTo(CLIENTS * REQUESTS);
        assertThat(batches).as("some were joined").anyMatch(batch -> batch.pictures().size() > 1);
        try (ImageEmbedder library = ImageEmbedder.builder().callerComputes(1).build()) {
            for (Batch batch : batches) {
                List<float[]> expected = library.embed(batch.pictures());
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(batch.vectors().get(i)).isEqualTo(expected.get(i));
                }
            }
            // And what was computed for a photograph is what its sender was told.
            for (int client = 0; client < CLIENTS; client++) {
                List<float[]> answers = clients.get(client).get();
                for (int i = 0; i < REQUESTS; i++) {
                    byte[] photograph = photographs.get((client + i) % photographs.size());
                    Picture picture = new ImageDecoder().decode(photograph, "photograph");
                    byte[] prepared = library.preprocessing().fit(picture).toArray();
                    float[] answer = answers.get(i);
                    assertThat(batches)
                            .anySatisfy(batch ->
                                    assertThat(computed(batch, prepared)).contains(answer));
                }
            }
        }
    }

    /** The vectors of a batch's pictures that have these pixels. */
    private static List<float[]> computed(Batch batch, byte[] pixels) {
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < batch.pictures().size(); i++) {
            if (Arrays.equals(batch.pictures().get(i).toArray(), pixels)) {
                vectors.add(batch.vectors().get(i));
            }
        }
        return vectors;
    }

    private static List<float[]> answers(
            HttpClient http, String url, List<byte[]> photographs, int first)
            throws IOException, InterruptedException {
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + "/embed"))
                            .header("Content-Type", "image/png")
                            .header("Accept", "application/octet-stream")
                            .POST(
                                    BodyPublishers.ofByteArray(
                                            photographs.get((first + i) % photographs.size())))
                            .build();
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(200);
            ByteBuffer bytes = ByteBuffer.wrap(response.body()).order(ByteOrder.LITTLE_ENDIAN);
            float[] vector = new float[response.body().length / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            vectors.add(vector);
        }
        return vectors;
    }
}
