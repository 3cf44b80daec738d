package io.strider.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page and what belongs to it, and nothing else of the jar. */
class ResourceServiceTest {
    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8, <!doctype html>",
        "/page.css, text/css; charset=utf-8, {",
        "/page.js, text/javascript; charset=utf-8, import",
        "/icon.svg, image/svg+xml, <svg",
        "/openapi.json, application/json, \"openapi\""
    })
    void filesAreServedWithTheirTypeTwice(String path, String type, String words) throws Exception {
        try (TestServer server = TestServer.start()) {
            for (int i = 0; i < 2; i++) { // the second time from memory
                HttpResponse<String> answer = server.get(path);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
                assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                        .startsWith("default-src 'none'");
                assertThat(answer.body()).containsIgnoringCase(words);
            }
            HttpResponse<String> head =
                    server.send(
                            server.to(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing.js",
                "/index.php",
                "/Page.css",
                "/page.css/",
                "/..%2fpage%2findex.html",
                "/page/index.html",
                "/.hidden.css"
            })
    void whatIsNoFileOfThePageIsNotThere(String path) throws Exception {
        try (TestServer server = TestServer.start()) {
            assertThat(server.get(path).statusCode()).isEqualTo(404);
        }
    }
}
