package io.strider.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Requests that succeed, and what surrounds them. */
class EmbeddingServerTest {
    @Test
    void aRequestIsAnsweredWithWhatTheModelsSay() throws Exception {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.post("/embed", new byte[100_000]);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("bytes: 100000");
            assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
            System.out.println(server.log);
            System.out.println(server.get("/metrics").body());
        }
    }
}
