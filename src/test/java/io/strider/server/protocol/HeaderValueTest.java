package io.strider.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers with parameters, as clients write them. */
class HeaderValueTest {
    @Test
    void readsParametersWithAndWithoutQuotes() {
        assertThat(HeaderValue.parse("Multipart/Form-Data; Boundary=a-b ;charset=\"utf-8\""))
                .hasValue(
                        new HeaderValue(
                                "multipart/form-data",
                                Map.of("boundary", "a-b", "charset", "utf-8")));
        assertThat(HeaderValue.parse(" image/png "))
                .hasValue(new HeaderValue("image/png", Map.of()));
        assertThat(HeaderValue.parse("image/png;;"))
                .hasValue(new HeaderValue("image/png", Map.of()));
        assertThat(HeaderValue.parse("a; b=\t\"\"; c="))
                .hasValue(new HeaderValue("a", Map.of("b", "", "c", "")));
    }

    @Test
    void aBackslashEscapesQuotesAndItselfOnly() {
        String name = "form-data; filename=\"a\\\"b\\\\c;d\\e.png\"";
        assertThat(HeaderValue.parse(name).orElseThrow().parameters())
                .isEqualTo(Map.of("filename", "a\"b\\c;d\\e.png"));
    }

    @Test
    void noHeaderIsNoValue() {
        assertThat(HeaderValue.parse(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ";a=b",
                "a;b",
                "a;=b;b",
                "a;b=\"c",
                "a;b=\"c\\",
                "a;b=\"c\"d",
                "a;b=1;B=2",
                "a;b=\"c\\\""
            })
    void whatIsNotOfItsFormIsNoValue(String header) {
        assertThat(HeaderValue.parse(header)).isEmpty();
    }

    @Test
    void hasAtMostSixteenParameters() {
        StringBuilder header = new StringBuilder("a");
        for (int i = 0; i < 16; i++) {
            header.append(";p").append(i).append("=1");
        }
        assertThat(HeaderValue.parse(header.toString())).isPresent();
        assertThat(HeaderValue.parse(header + ";q=1")).isEmpty();
    }
}
