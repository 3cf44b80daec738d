package io.strider.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What our few lines of JSON make of a text, against a library that reads it. */
class JsonTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void anyTextIsReadAsItWas() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                switch (random.nextInt(3)) {
                    case 0 -> text.append((char) random.nextInt(0x90)); // controls, quotes
                    case 1 -> text.append((char) random.nextInt(0x10000)); // halves of pairs
                    default -> text.appendCodePoint(0x10000 + random.nextInt(0x10000));
                }
            }
            String quoted = Json.quote(text.toString());
            assertThat(JSON.readTree(quoted).asString())
                    .as("seed %d, round %d: %s", seed, round, quoted)
                    .isEqualTo(text.toString());
            assertThat(quoted)
                    .hasLineCount(1)
                    .doesNotContainPattern("[\\x00-\\x1f\\x7f\u2028\u2029]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'a\"b\\c', '\"a\\\"b\\\\c\"'",
        "'\t\r\n', '\"\\t\\r\\n\"'",
        "'\u2028\u2029\u007f\u0001', '\"\\u2028\\u2029\\u007f\\u0001\"'",
        "'\ud83d\ude00', '\"\ud83d\ude00\"'"
    })
    void theFormIsTheShortest(String text, String json) {
        assertThat(Json.quote(text)).isEqualTo(json);
    }

    @Test
    void halfOfAPairAloneIsSpelledOut() {
        assertThat(Json.quote("\ud83d")).isEqualTo("\"\\ud83d\"");
        assertThat(Json.quote("\ude00a")).isEqualTo("\"\\ude00a\"");
        assertThat(Json.quote("\ud83d\ud83d\ude00")).isEqualTo("\"\\ud83d\ud83d\ude00\"");
    }
}
