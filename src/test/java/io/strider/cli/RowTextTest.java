package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class RowTextTest {
    private static final String ODD = "a\"b\\c\nd\re\tf\u0001g\u2028h\u007fi,ü😀\u0085";

    @Test
    void jsonIsReadBackAsItWas() {
        float[] vector = {1e-40f, -0.0f, 0.1f, 3.4e38f, 16777216};
        String text = RowText.json(ODD, vector);
        assertThat(text.chars()).noneMatch(letter -> letter < ' ' || letter == 0x2028);
        JsonNode row = new ObjectMapper().readTree(text);
        assertThat(row.get("path").asString()).isEqualTo(ODD);
        for (int i = 0; i < vector.length; i++) {
            assertThat(Float.parseFloat(row.get("embedding").get(i).toString()))
                    .isEqualTo(vector[i]);
        }
    }

    @Test
    void jsonHasNoWordForWhatIsNoNumber() {
        assertThat(RowText.json("x", new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1}))
                .isEqualTo("{\"path\":\"x\",\"embedding\":[null,null,1.0]}");
        assertThat(RowText.json("", new float[0])).isEqualTo("{\"path\":\"\",\"embedding\":[]}");
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        float[] vector = {1, -0.5f};
        assertThat(RowText.titles(2)).isEqualTo("path,0,1");
        assertThat(RowText.csv("a b", vector)).isEqualTo("a b,1.0,-0.5");
        assertThat(RowText.csv("a,b", vector)).isEqualTo("\"a,b\",1.0,-0.5");
        assertThat(RowText.csv("a\"b", vector)).isEqualTo("\"a\"\"b\",1.0,-0.5");
        assertThat(RowText.csv("a\nb", vector)).isEqualTo("\"a\nb\",1.0,-0.5");
        assertThat(RowText.csv("a\rb", vector)).isEqualTo("\"a\rb\",1.0,-0.5");
    }

    @Test
    void aNameIsOneLine() {
        assertThat(RowText.escaped("a\nb\rc\\nd\u2028e")).isEqualTo("a\\nb\\rc\\\\nd\\u2028e");
        assertThat(RowText.escaped(ODD).lines()).hasSize(1);
    }
}
