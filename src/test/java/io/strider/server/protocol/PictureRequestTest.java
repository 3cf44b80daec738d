package io.strider.server.protocol;

import static io.strider.server.protocol.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of {@code /embed} and {@code /compare}. */
class PictureRequestTest {
    private static PictureRequest json(String body) throws RefusedException {
        return json(body, null);
    }

    private static PictureRequest json(String body, @Nullable String model)
            throws RefusedException {
        return PictureRequest.read(PictureEncoding.JSON, null, model, body.getBytes(UTF_8), 3);
    }

    private static PictureRequest form(@Nullable String model, String... parts)
            throws RefusedException {
        StringBuilder body = new StringBuilder();
        for (String part : parts) {
            body.append("--x\r\nContent-Disposition: form-data; ").append(part).append("\r\n");
        }
        return PictureRequest.read(
                PictureEncoding.FORM,
                "multipart/form-data; boundary=x",
                model,
                body.append("--x--").toString().getBytes(UTF_8),
                3);
    }

    @ParameterizedTest
    @CsvSource({
        "image/jpeg, ONE_PICTURE",
        "IMAGE/x-unknown; a=b, ONE_PICTURE",
        "application/octet-stream, ONE_PICTURE",
        "application/json; charset=utf-8, JSON",
        "multipart/form-data; boundary=x, FORM",
        ", ONE_PICTURE"
    })
    void theContentTypeSaysHowPicturesAreHeld(@Nullable String type, PictureEncoding encoding) {
        assertThat(PictureEncoding.of(type)).hasValue(encoding);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/mixed",
                "",
                "image"
            })
    void otherContentTypesAreNone(String type) {
        assertThat(PictureEncoding.of(type)).isEmpty();
    }

    @Test
    void aPictureIsTheBody() throws RefusedException {
        byte[] body = {1, 2, 3};
        PictureRequest request =
                PictureRequest.read(PictureEncoding.ONE_PICTURE, "image/png", "m", body, 1);
        assertThat(request.single()).isTrue();
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.pictures()).containsExactly(body);
        assertThat(request.names()).containsExactly("");
        assertRefused(
                () -> PictureRequest.read(PictureEncoding.ONE_PICTURE, null, null, new byte[0], 1),
                "body: empty");
    }

    @Test
    void readsJson() throws RefusedException {
        PictureRequest request =
                json(
                        "{\"images\": [\"AQID\", \"data:image\\/png;base64,BA==\"], \"model\": \"m\"}");
        assertThat(request.single()).isFalse();
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.names()).containsExactly("", "");
        assertThat(request.pictures()).hasSize(2);
        assertThat(request.pictures().get(0)).containsExactly(1, 2, 3);
        assertThat(request.pictures().get(1)).containsExactly(4);
        assertThat(json("{\"model\":null,\"images\":[\"AQID\"]}").model()).isNull();
    }

    @Test
    void readsAPictureOfMegabytes() throws RefusedException {
        byte[] picture = new byte[3_000_001];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (byte) (i * 31 >> 3);
        }
        String text = Base64.getEncoder().encodeToString(picture).replace("/", "\\/");
        assertThat(json("{\"images\":[\"" + text + "\"]}").pictures().get(0)).isEqualTo(picture);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | body: empty",
                "x | not valid JSON at byte 0",
                "[] | body: an array (expected: an object)",
                "null | body: null",
                "{} | images: no picture",
                "{\"images\":[]} | images: no picture",
                "{\"images\":\"AQID\"} | images: a string (expected: an array)",
                "{\"images\":[1]} | images[0]: a whole number (expected: a picture",
                "{\"images\":[\"AQID\",null]} | images[1]: null",
                "{\"images\":[{\"url\":\"x\"}]} | images[0]: an object",
                "{\"images\":[[\"AQID\"]]} | images[0]: an array",
                "{\"images\":[\"AQID\",\"%\"]} | images[1]: not base64: character U+0025",
                "{\"images\":[\"http://a/b\"]} | images[0]: a URL",
                "{\"images\":[\"AQID\"],\"images\":[\"AQID\"]} | Duplicate",
                "{\"images\":[\"AQID\"],\"modle\":\"m\"} | \"modle\": unknown (expected: model, images)",
                "{\"images\":[\"AQID\"],\"model\":1.5} | model: a number (expected: a string)",
                "{\"images\":[\"AQID\"],\"model\":true} | model: true",
                "{\"images\":[\"AQID\"],\"model\":\"\"} | model: a string of 0 characters",
                "{\"images\":[\"AQID\"]} x | not valid JSON",
                "{\"images\":[\"AQID\"]}{} | more behind",
                "{\"images\":[\"AQID\"] | not valid JSON",
                "{\"images\":[\"AQ | not valid JSON",
                "{\"images\":[\"AQID\",]} | not valid JSON",
                "{'images':[]} | not valid JSON",
            })
    void badJsonIsRefused(String body, String words) {
        assertRefused(() -> json(body), words);
    }

    @Test
    void jsonIsUtf8() {
        byte[] utf16 = "{\"images\":[\"AQID\"]}".getBytes(UTF_16);
        assertRefused(
                () -> PictureRequest.read(PictureEncoding.JSON, null, null, utf16, 1), "not UTF-8");
        byte[] bare = {0, '{', 0, '}'};
        assertRefused(
                () -> PictureRequest.read(PictureEncoding.JSON, null, null, bare, 1), "not UTF-8");
    }

    @Test
    void whatAMessageRepeatsIsShort() {
        String name = "n".repeat(250);
        assertRefused(() -> json("{\"" + name + "\":1}"), "\"" + "n".repeat(64) + "…\": unknown");
        String wide = "n".repeat(63) + "\ud83d\ude00".repeat(9);
        assertRefused(() -> json("{\"" + wide + "\":1}"), "\"" + "n".repeat(63) + "…\"");
        assertRefused(
                () -> json("{\"images\":[],\"model\":\"" + "m".repeat(90_000) + "\"}"),
                "model: a string of 90000 characters (expected: 1 to 256)");
        assertRefused(() -> json("{\"" + "n".repeat(300) + "\":1}"), "not valid JSON");
    }

    @Test
    void thereIsRoomForSoManyPictures() throws RefusedException {
        assertThat(json("{\"images\":[\"AQID\",\"AQID\",\"AQID\"]}").pictures()).hasSize(3);
        assertRefused(
                Reason.TOO_LARGE,
                () -> json("{\"images\":[\"AQID\",\"AQID\",\"AQID\",\"AQID\"]}"),
                "pictures: more than 3");
        String file = "name=f; filename=a\r\n\r\nx";
        assertRefused(Reason.TOO_LARGE, () -> form(null, file, file, file, file), "more than 3");
    }

    @Test
    void readsForms() throws RefusedException {
        PictureRequest request =
                form(
                        null,
                        "name=\"f\"; filename=\"a.png\"\r\n\r\nAA",
                        "name=\"model\"\r\n\r\nfaces",
                        "name=\"f\"\r\nContent-Type: image/png\r\n\r\n");
        assertThat(request.single()).isFalse();
        assertThat(request.model()).isEqualTo("faces");
        assertThat(request.names()).containsExactly("a.png", "");
        assertThat(request.pictures().get(0)).containsExactly('A', 'A');
        assertThat(request.pictures().get(1)).isEmpty();
        assertThat(request.shown(0)).isEqualTo("picture 0 (a.png)");
        assertThat(request.shown(1)).isEqualTo("picture 1");
    }

    @Test
    void badFormsAreRefused() {
        String file = "name=f; filename=a\r\n\r\nx";
        assertRefused(() -> form(null), "body: no picture");
        assertRefused(() -> form(null, "name=model\r\n\r\nm"), "body: no picture");
        assertRefused(() -> form(null, file, "name=size\r\n\r\n3"), "field \"size\": unknown");
        String model = "name=model\r\n\r\nm";
        assertRefused(() -> form(null, file, model, model), "given twice");
        assertRefused(() -> form(null, "name=model\r\n\r\n"), "field \"model\": 0 bytes");
        assertRefused(
                () ->
                        PictureRequest.read(
                                PictureEncoding.FORM,
                                "multipart/form-data",
                                null,
                                new byte[] {1},
                                1),
                "without a boundary");
    }

    @Test
    void theModelMayStandInTheAddressToo() throws RefusedException {
        String file = "name=f; filename=a\r\n\r\nx";
        String model = "name=model\r\n\r\nm";
        assertThat(form("m", file).model()).isEqualTo("m");
        assertThat(form("m", file, model).model()).isEqualTo("m");
        assertThat(json("{\"images\":[\"AQID\"]}", "m").model()).isEqualTo("m");
        assertRefused(() -> form("n", file, model), "model: m in the body and n in the address");
    }
}
