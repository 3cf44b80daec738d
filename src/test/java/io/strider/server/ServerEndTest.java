package io.strider.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpConnection;
import io.strider.server.load.HttpTarget;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in a process of its own that is asked to end while clients ask without end. */
class ServerEndTest {
    private static final Pattern READY = Pattern.compile("serving .* on (http://\\S+)");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CLIENTS = 8;

    @TempDir private Path folder;

    @Test
    void whatWasAcceptedIsAnsweredAfterSigterm() throws Exception {
        Path model = ColorServer.writeModel(folder.resolve("colors.onnx"), 1);
        Path log = folder.resolve("log");
        Process server =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.strider.cli.Strider",
                                "serve",
                                "--port",
                                "0",
                                "--log",
                                "json",
                                "--model",
                                model.toString())
                        .redirectError(log.toFile())
                        .start();
        try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
            Matcher ready = READY.matcher(String.valueOf(out.readLine()));
            assertThat(ready.find()).as(Files.readString(log)).isTrue();
            Map<String, Integer> answers = askUntilItEnds(server, HttpTarget.of(ready.group(1)));
            assertThat(server.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).as(Files.readString(log)).isZero();
            assertThat(Set.copyOf(answers.values())).isSubsetOf(200, 503).contains(200);
            for (Map.Entry<String, Integer> each : logged(log).entrySet()) {
                assertThat(answers.get(each.getKey()))
                        .as("what the client of request %s got", each.getKey())
                        .isEqualTo(each.getValue());
            }
        } finally {
            server.destroyForcibly();
        }
    }

    /** SIGTERM once every client was answered some times; the status of each request by its id. */
    private static Map<String, Integer> askUntilItEnds(Process server, HttpTarget target)
            throws Exception {
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        CountDownLatch busy = new CountDownLatch(CLIENTS * 10);
        byte[] picture = ColorServer.picture(ColorServer.color(1));
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            clients.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try (HttpConnection connection =
                                        HttpConnection.open(target, LONG)) {
                                    for (int k = 0; connection.isOpen(); k++) {
                                        String id = client + "-" + k;
                                        byte[] request =
                                                target.request(
                                                        "POST",
                                                        "/embed",
                                                        Map.of("X-Request-Id", id),
                                                        picture);
                                        HttpAnswer answer = connection.send(request, 0);
                                        answers.put(id, answer.status());
                                        busy.countDown();
                                    }
                                } catch (IOException ended) {
                                    // Not accepted: the log must not have it.
                                }
                            }));
        }
        assertThat(busy.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        server.destroy();
        for (Thread client : clients) {
            client.join();
        }
        return answers;
    }

    /** The status that the server says it answered with, by the request's id. */
    private static Map<String, Integer> logged(Path log) throws IOException {
        Map<String, Integer> statuses = new ConcurrentHashMap<>();
        JsonMapper json = new JsonMapper();
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith("{")) {
                JsonNode entry = json.readTree(line);
                String id = entry.path("id").asString("");
                if (!id.isEmpty()) {
                    statuses.put(id, entry.path("status").asInt());
                }
            }
        }
        assertThat(statuses).hasSizeGreaterThanOrEqualTo(CLIENTS * 10);
        return statuses;
    }
}
