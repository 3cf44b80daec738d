package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms as browsers, curl and others write them. */
class MultipartTest {
    private static final String FIELD = "Content-Disposition: form-data; name=\"model\"\n\nfaces\n";
    private static final String FILE =
            "Content-Disposition: form-data; name=\"f\"; filename=\"a.png\"\n"
                    + "Content-Type: image/PNG\n\n\u0089PNG\n";

    /** A body with a line's end wherever the text has a newline. */
    private static byte[] body(String text) {
        return text.replace("\n", "\r\n").getBytes(ISO_8859_1);
    }

    private static List<FormPart> parse(String text) throws RefusedException {
        return Multipart.parse(body(text), "B", 10);
    }

    @Test
    void readsFieldsAndFiles() throws RefusedException {
        String text = "--B\n" + FIELD + "--B\n" + FILE + "--B--\n";
        List<FormPart> parts = parse(text);
        assertThat(parts)
                .extracting(FormPart::name, FormPart::file, FormPart::type, FormPart::isFile)
                .containsExactly(
                        tuple("model", "", "", false), tuple("f", "a.png", "image/png", true));
        assertThat(parts.get(0).text(body(text))).isEqualTo("faces");
        assertThat(parts.get(1).bytes(body(text))).containsExactly(0x89, 'P', 'N', 'G');
    }

    @Test
    void ignoresWhatStandsBeforeAndBehind() throws RefusedException {
        assertThat(parse("preamble --B\n--B \t\n" + FIELD + "--B--\nepilogue\n--B\n")).hasSize(1);
        assertThat(parse("--B\n" + FIELD + "--B--")).hasSize(1);
        assertThat(parse("--B--")).isEmpty();
    }

    @Test
    void aContentMayBeEmptyOrHoldWhatLooksLikeABoundary() throws RefusedException {
        String content = "\n-\n--\n--A\r\r\n--b\n";
        String text = "--B\nContent-Disposition: form-data; name=x\n\n" + content + "\n--B--";
        assertThat(parse(text).get(0).text(body(text))).isEqualTo(content.replace("\n", "\r\n"));
        String empty = "--B\nContent-Disposition: form-data; name=x\n\n\n--B--";
        assertThat(parse(empty).get(0).text(body(empty))).isEmpty();
    }

    @Test
    void namesAreUtf8AndMayHoldQuotes() throws RefusedException {
        String text =
                "--B\r\ncontent-disposition:form-data;name=\"f\";filename=\"Zoë \\\"1\\\".png\"\r\n"
                        + "X-Other: x\r\nContent-Transfer-Encoding: Binary\r\n\r\nx\r\n--B--";
        assertThat(Multipart.parse(text.getBytes(UTF_8), "B", 1).get(0).file())
                .isEqualTo("Zoë \"1\".png");
    }

    @Test
    void aPartOfBytesIsAFileEvenWithoutAName() throws RefusedException {
        String head = "--B\nContent-Disposition: form-data; name=x\nContent-Type: ";
        assertThat(parse(head + "application/octet-stream\n\nx\n--B--").get(0).isFile()).isTrue();
        assertThat(parse(head + "image/webp; q=1\n\nx\n--B--").get(0).isFile()).isTrue();
        assertThat(parse(head + "text/plain\n\nx\n--B--").get(0).isFile()).isFalse();
    }

    @Test
    void boundariesMayHoldAnyPrintableCharacters() throws RefusedException {
        String boundary = "----WebKit'()+_,-./:=? x".repeat(2);
        String text = "--" + boundary + "\n" + FIELD + "--" + boundary + "--";
        assertThat(Multipart.parse(body(text), boundary, 1)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--",
                "--C--",
                "x--B--",
                "--B",
                "--BB\n" + FIELD + "--B--",
                "--B\n" + FIELD,
                "--B\n" + FIELD + "--C--",
                "--B\n\nno headers\n--B--",
                "--B\nContent-Disposition: form-data; name=\"x\"",
                "--B\nContent-Disposition: form-data\n\nx\n--B--",
                "--B\nContent-Disposition: attachment; name=x\n\nx\n--B--",
                "--B\nContent-Disposition: form-data; name=\"x\n\nx\n--B--",
                "--B\nContent-Type: image/png\n\nx\n--B--",
                "--B\nno colon\n" + FIELD + "--B--",
                "--B\n: no name\n" + FIELD + "--B--",
                "--B\nContent-Transfer-Encoding: base64\n" + FIELD + "--B--",
            })
    void whatIsNotAFormIsRefused(String text) {
        assertRefused(() -> parse(text), "expected");
    }

    @Test
    void aBoundaryIsNeeded() {
        assertRefused(() -> Multipart.parse(body("--B--"), null, 1), "without a boundary");
        assertRefused(() -> Multipart.parse(body("----"), "", 1), "boundary: 0 characters");
        assertRefused(() -> Multipart.parse(body("----"), "x".repeat(71), 1), "71 characters");
        assertRefused(() -> Multipart.parse(body("----"), "a\r\nb", 1), "ASCII");
    }

    @Test
    void partsHeadersAndNamesAreBounded() {
        String many = ("--B\n" + FIELD).repeat(11) + "--B--";
        assertRefused(Reason.TOO_LARGE, () -> parse(many), "more than 10 parts");
        String headers = "--B\n" + "X: y\n".repeat(16) + FIELD + "--B--";
        assertRefused(() -> parse(headers), "more than 16 headers");
        String large = "--B\nX: " + "y".repeat(8192) + "\n" + FIELD + "--B--";
        assertRefused(() -> parse(large), "within 8192 bytes");
        String name = "--B\nContent-Disposition: form-data; name=" + "n".repeat(256);
        assertRefused(() -> parse(name + "\n\nx\n--B--"), "a name of 256 characters");
    }
}
