package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures as text, whole and in pieces. */
class Base64TextTest {
    private static byte[] decode(String text) throws RefusedException {
        Base64Text decoder = new Base64Text();
        char[] characters = text.toCharArray();
        decoder.write(characters, 0, characters.length);
        return decoder.bytes("p");
    }

    @Test
    void decodesAllLengthsInBothAlphabetsInAnyPieces() throws RefusedException {
        Random random = new Random(7);
        for (int length = 1; length < 700; length += 1 + length / 50) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            for (Base64.Encoder encoder :
                    new Base64.Encoder[] {
                        Base64.getEncoder(),
                        Base64.getUrlEncoder().withoutPadding(),
                        Base64.getMimeEncoder()
                    }) {
                String text = encoder.encodeToString(bytes);
                assertThat(decode(text)).as("length %d", length).isEqualTo(bytes);
                assertThat(decode("data:image/png;base64," + text)).isEqualTo(bytes);
                Base64Text pieces = new Base64Text();
                for (int i = 0; i < text.length(); ) {
                    int size = Math.min(text.length() - i, random.nextInt(9));
                    pieces.write((" " + text).toCharArray(), 1 + i, size);
                    i += size;
                }
                assertThat(pieces.bytes("p")).as("in pieces").isEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AQID, 3",
        "AQI=, 2",
        "AQI, 2",
        "AQ==, 1",
        "AQ, 1",
        "' A Q\t=\r\n= ', 1",
        "AQIDBA, 4",
        "'DATA:;base64,AQ==', 1",
        "'data:image/svg+xml;charset=utf-8;BASE64,AQID', 3",
        "-_8, 2"
    })
    void takesWhatEncodersWrite(String text, int length) throws RefusedException {
        assertThat(decode(text)).hasSize(length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "AQIDB",
                "A=",
                "A===",
                "AQ=",
                "AQI==",
                "=",
                "====",
                "AQ==AQ==",
                "AQ=I",
                "AQID=",
                "AQ.D",
                "AQ\u00e9D",
                "AQ\u4e00D",
                "AQID\u0000"
            })
    void whatIsNotBase64IsRefused(String text) {
        assertRefused(() -> decode(text), "p: ", "base64", "expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "data:image/png;base64,", "\n\n\n\n\n\n"})
    void whatIsEmptyIsRefused(String text) {
        assertRefused(() -> decode(text), "p: empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/a.png",
                "https://example.org/a.png",
                "file:///etc/passwd",
                "s3:x",
                "ftp://a/b",
                "javascript:x"
            })
    void urlsAreNeverFetched(String text) {
        assertRefused(() -> decode(text), "a URL", "fetches nothing");
    }

    @Test
    void aDataUriMustBeOfBase64() {
        assertRefused(() -> decode("data:image/png,%89PNG"), "without base64");
        assertRefused(() -> decode("data:image/png;base64"), "without a comma");
        assertRefused(() -> decode("data:" + "x".repeat(300) + ";base64,AQID"), "without a comma");
    }
}
