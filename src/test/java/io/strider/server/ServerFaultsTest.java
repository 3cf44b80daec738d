package io.strider.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.strider.server.load.HttpAnswer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that vanish, dawdle, crowd, and talk nonsense: others are answered all the while. */
class ServerFaultsTest {
    private static final long SEED = 20_261_123;

    @TempDir private Path folder;

    @Test
    void clientsThatVanishMidBodyLeaveNothingBehind() throws IOException {
        int body = 1 << 20;
        try (ColorServer server =
                new ColorServer(
                        folder, // four bodies fill the memory for bodies: no leak goes unseen
                        options -> options.maxBody(body).maxBodies(4L * body),
                        models -> models)) {
            byte[] head =
                    ("POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: "
                                    + body
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 40; i++) {
                try (Socket socket = server.raw()) {
                    socket.setSoLinger(i % 2 == 0, 0); // every other one with a reset
                    socket.getOutputStream().write(head);
                    socket.getOutputStream().write(new byte[body / 3]);
                } catch (IOException refusedMeanwhile) {
                    // There was no memory for its body yet: it was told so and closed.
                }
            }
            HttpAnswer answer;
            do { // while the last of them are being noticed
                answer = server.send(server.embedding(ColorServer.color(1)));
            } while (answer.status() == 503 || answer.status() == 429);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            server.answersRightly();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /embed HTTP/1.1\r\nHost: a\r\nX-Slow: ",
                "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
                        + "Content-Length: 100000\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\nffff\r\n"
            })
    void whoSendsByteAfterByteIsNotWaitedFor(String beginning) throws Exception {
        try (ColorServer server =
                        new ColorServer(
                                folder,
                                options ->
                                        options.headerTimeout(Duration.ofMillis(300))
                                                .requestTimeout(Duration.ofMillis(500)),
                                models -> models);
                Socket slow = server.raw()) {
            slow.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
            AtomicBoolean cutOff = new AtomicBoolean();
            Thread dawdler =
                    Thread.startVirtualThread(() -> {
                        try {
                            while (true) {
                                slow.getOutputStream().write('a');
                                Thread.sleep(10);
                            }
                        } catch (IOException closed) {
                            cutOff.set(true);
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                    });
            server.answersRightly();
            dawdler.join(); // would go on for ever
            assertThat(cutOff).isTrue();
            server.answersRightly();
        }
    }

    @Test
    void idleConnectionsDoNotLockOthersOut() throws IOException {
        int many = idleConnections();
        List<SocketChannel> idle = new ArrayList<>();
        try (ColorServer server =
                new ColorServer(
                        folder, options -> options.maxConnections(many), models -> models)) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.server.port());
            for (int i = 0; i < many; i++) {
                idle.add(SocketChannel.open(address));
            }
            server.answersRightly();
            for (int i = 0; i < 10; i++) { // more than there may be: the idlest makes room
                idle.add(SocketChannel.open(address));
            }
            server.answersRightly();
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }

    /** 10,000, or what this process may have, both ends being in it. */
    private static int idleConnections() {
        long files =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean unix
                        ? unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount()
                        : 1000;
        return (int) Math.clamp((files - 200) / 2, 10, 10_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n0\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "fffffffffffffffff\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                "POST /embed HTTP/1.1\r\nHost: a\r\nA\0B: c\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001"
            })
    void nonsenseIsRefusedAndTheServerGoesOn(String nonsense) throws IOException {
        try (ColorServer server = new ColorServer(folder, options -> options, models -> models)) {
            String answer = exchange(server, nonsense.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(answer)
                    .satisfiesAnyOf(
                            said -> assertThat(said).isEmpty(),
                            said -> assertThat(said).startsWith("HTTP/1.1 4"));
            server.answersRightly();
        }
    }

    /** Sends all, says that no more will come, and returns what comes back until the end. */
    private static String exchange(ColorServer server, byte[] bytes) throws IOException {
        try (Socket socket = server.raw()) {
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            } catch (IOException closedMeanwhile) {
                // Its answer may be there all the same.
            }
            try {
                return new String(
                        socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketTimeoutException hung) {
                throw hung;
            } catch (IOException reset) {
                return "";
            }
        }
    }

    @Test
    void mutatedRequestsAreAnsweredOrRefusedButNeverFailTheServer() throws IOException {
        Random random = new Random(SEED);
        try (ColorServer server = new ColorServer(folder, options -> options, models -> models)) {
            List<byte[]> good = requests(server);
            for (int i = 0; i < 400; i++) {
                byte[] request = mutated(good.get(i % good.size()), random, 0);
                String answer = exchange(server, request);
                assertThat(answer)
                        .as("seed %d, request %d: %s", SEED, i, text(request))
                        .doesNotContainPattern("^HTTP/1.1 50[0-26-9]");
                if (i % 50 == 0) {
                    server.answersRightly();
                }
            }
            server.answersRightly();
        }
    }

    @Test
    void mutatedBodiesAreAnsweredOrRefusedButNeverFailTheServer() throws IOException {
        Random random = new Random(SEED);
        try (ColorServer server = new ColorServer(folder, options -> options, models -> models)) {
            List<byte[]> good = requests(server);
            for (int i = 0; i < 400; i++) {
                byte[] request = good.get(i % good.size());
                int body = text(request).indexOf("\r\n\r\n") + 4;
                byte[] changed = sameLength(mutated(request, random, body), request);
                HttpAnswer answer = server.send(changed);
                assertThat(answer.status())
                        .as("seed %d, request %d: %s, %s", SEED, i, text(changed), answer.body())
                        .isBetween(200, 499);
            }
            server.answersRightly();
        }
    }

    /** One for each endpoint. */
    private static List<byte[]> requests(ColorServer server) throws IOException {
        byte[] picture = ColorServer.picture(ColorServer.color(2));
        String base64 = Base64.getEncoder().encodeToString(picture);
        String form =
                "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.png\"\r\n\r\n"
                        + text(picture)
                        + "\r\n--b--\r\n";
        return List.of(
                server.post("/embed", "image/png", picture),
                server.post("/embed", "multipart/form-data; boundary=b", bytes(form)),
                server.post(
                        "/embed", "application/json", bytes("{\"images\":[\"" + base64 + "\"]}")),
                server.post(
                        "/compare",
                        "application/json",
                        bytes("{\"images\":[\"%s\",\"%s\"]}".formatted(base64, base64))),
                server.post(
                        "/v1/embeddings",
                        "application/json",
                        bytes(
                                "{\"model\":\"colors\",\"input\":[\"data:image/png;base64,"
                                        + base64
                                        + "\"],\"encoding_format\":\"float\"}")),
                server.post(
                        "/v2/models/colors/infer",
                        "application/json",
                        bytes(
                                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3,1,2],\"datatype\":\"FP32\","
                                        + "\"data\":[1,2,3,4,5,6]}]}")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Changes, takes out, doubles or cuts something from a place on. */
    private static byte[] mutated(byte[] request, Random random, int from) {
        StringBuilder text = new StringBuilder(text(request));
        for (int changes = 1 + random.nextInt(4); changes > 0 && text.length() > from; changes--) {
            int at = from + random.nextInt(text.length() - from);
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, end);
                case 2 -> text.insert(at, text.substring(at, end));
                case 3 -> text.insert(at, "{}[]\",:0-9\r\n%&;=".charAt(random.nextInt(16)));
                default -> {
                    if (random.nextInt(4) == 0) {
                        text.setLength(at);
                    }
                }
            }
        }
        return bytes(text.toString());
    }

    /** As Content-Length says: blanks make up for what is missing. */
    private static byte[] sameLength(byte[] request, byte[] original) {
        byte[] whole = Arrays.copyOf(request, original.length);
        Arrays.fill(whole, Math.min(request.length, whole.length), whole.length, (byte) ' ');
        return whole;
    }
}
