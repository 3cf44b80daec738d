package io.strider.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers byte by byte, as a test writes them. */
class HttpConnectionTest {
    private static final byte[] REQUEST = "x".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LONG = Duration.ofSeconds(30);

    private ServerSocket server;
    private HttpConnection connection;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        connection = HttpConnection.open(target(), LONG);
        peer = server.accept();
    }

    @AfterEach
    void disconnect() throws IOException {
        connection.close();
        peer.close();
        server.close();
    }

    private HttpTarget target() {
        return HttpTarget.of("127.0.0.1:" + server.getLocalPort());
    }

    /** Written before the request is sent: it waits in the socket. */
    private void answer(String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private HttpAnswer send() throws IOException {
        return connection.send(REQUEST, 100);
    }

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws IOException {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
        answer("HTTP/1.1 429 Too Many Requests\r\ncontent-length:  6 \r\n\r\nsecond");
        answer("HTTP/1.1 204 No Content\r\n\r\n");
        answer("HTTP/1.0 404 \nContent-Length: 5\n\nthird");
        assertThat(send()).isEqualTo(new HttpAnswer(200, "first"));
        assertThat(send()).isEqualTo(new HttpAnswer(429, "second"));
        assertThat(send()).isEqualTo(new HttpAnswer(204, ""));
        assertThat(send()).isEqualTo(new HttpAnswer(404, "third"));
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void onlyTheBeginningIsKeptAndTheRestSkipped() throws IOException {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + "a".repeat(50000));
        answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(send().body()).isEqualTo("a".repeat(100));
        assertThat(send().body()).isEqualTo("ok");
    }

    @Test
    void chunksAreJoined() throws IOException {
        answer(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\none\r\nA\r\n and"
                        + " twoXY\r\n0\r\nTrailer: a\r\n\r\n");
        answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(send().body()).isEqualTo("one and twoXY");
        assertThat(send().body()).isEmpty();
    }

    @Test
    void interimAnswersAreNotTheAnswer() throws IOException {
        answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n");
        answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(send()).isEqualTo(new HttpAnswer(200, "ok"));
    }

    @Test
    void withoutALengthTheBodyEndsWithTheConnection() throws IOException {
        answer("HTTP/1.1 200 OK\r\n\r\nwhole");
        peer.close();
        assertThat(send().body()).isEqualTo("whole");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatTheServerWillCloseIsNotUsedAgain() throws IOException {
        answer("HTTP/1.1 503 Busy\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nno");
        assertThat(send().status()).isEqualTo(503);
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 99 \r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
            })
    void whatIsNotHttpIsRefused(String answer) throws IOException {
        answer(answer);
        assertThatThrownBy(this::send).isInstanceOf(ProtocolException.class);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void anEndlessHeadIsRefused() throws IOException {
        answer("HTTP/1.1 200 OK\r\n" + "A: ".repeat(30000));
        assertThatThrownBy(this::send)
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("65536");
    }

    @ParameterizedTest
    @CsvSource({"''", "HTTP/1.1 200", "'HTTP/1.1 200 OK\nContent-Length: 5\n\nabc'"})
    void aServerThatGoesAwayIsNoticed(String answer) throws IOException {
        answer(answer);
        peer.shutdownOutput();
        assertThatThrownBy(this::send).isInstanceOf(EOFException.class);
        assertThat(connection.isAnswering()).isEqualTo(!answer.isEmpty());
    }

    @Test
    void aServerThatSaysNothingIsNotWaitedForWithoutEnd() throws IOException {
        try (HttpConnection impatient = HttpConnection.open(target(), Duration.ofMillis(20))) {
            assertThatThrownBy(() -> impatient.send(REQUEST, 0))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whereNobodyListensNothingIsOpened() throws IOException {
        HttpTarget target = target();
        server.close();
        assertThatThrownBy(() -> HttpConnection.open(target, LONG).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void aServerThatSpeaksNoTlsIsNoticed() throws Exception {
        HttpTarget target = HttpTarget.of("https://127.0.0.1:" + server.getLocalPort());
        Thread plain =
                Thread.startVirtualThread(() -> {
                    try (Socket other = server.accept()) {
                        other.getOutputStream()
                                .write("HTTP/1.1 400\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        other.getInputStream().readAllBytes();
                    } catch (IOException _) {
                        // The client gave up.
                    }
                });
        assertThatThrownBy(() -> HttpConnection.open(target, LONG).close())
                .isInstanceOf(IOException.class);
        plain.join();
    }
}
