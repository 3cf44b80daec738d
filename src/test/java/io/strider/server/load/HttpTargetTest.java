package io.strider.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTargetTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, http://localhost:8080",
        "localhost:8080, http://localhost:8080",
        "http://a.example, http://a.example:80",
        "HTTPS://a.example/, https://a.example:443",
        "https://a.example:8443/under/, https://a.example:8443/under",
        "http://[::1]:8080, http://[::1]:8080"
    })
    void addressesAreRead(String given, String whole) {
        assertThat(HttpTarget.of(given).url()).isEqualTo(whole);
    }

    @Test
    void theHostOfAnAddressInBracketsHasNone() {
        assertThat(HttpTarget.of("http://[::1]:8080"))
                .isEqualTo(new HttpTarget("::1", 8080, false, "", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://",
                "ftp://a:1",
                "http://a b",
                "http://a:0",
                "http://a:70000",
                "http://user@a",
                "http://a?x",
                "http://a#x",
                ":80",
                "://a"
            })
    void otherWordsAreRefused(String given) {
        assertThatThrownBy(() -> HttpTarget.of(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://localhost:8080");
    }

    @Test
    void aRequestIsHeadAndBody() {
        byte[] bytes =
                HttpTarget.of("http://a:1/under")
                        .request("POST", "/embed", Map.of("X", "y"), new byte[] {'b', 'c'});
        assertThat(new String(bytes, StandardCharsets.US_ASCII))
                .isEqualTo(
                        "POST /under/embed HTTP/1.1\r\nHost: a:1\r\nUser-Agent: strider\r\nX: y\r\n"
                                + "Content-Length: 2\r\n\r\nbc");
    }

    @Test
    void aHeaderCannotBecomeTwo() {
        HttpTarget target = HttpTarget.of("a:1");
        Map<String, String> headers = Map.of("X", "y\r\nZ: a");
        assertThatThrownBy(() -> target.request("GET", "/", headers, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X: ");
    }
}
