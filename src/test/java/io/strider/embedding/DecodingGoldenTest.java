package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every format against Pillow. */
class DecodingGoldenTest {
    static Stream<Goldens.Case> cases() {
        return Goldens.cases("decode");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesToWhatPillowDecodesTo(Goldens.Case golden) {
        Picture picture = Goldens.decode(golden.name());
        assertThat(picture.height()).isEqualTo(golden.height());
        assertThat(picture.width()).isEqualTo(golden.width());
        byte[] expected = Goldens.bytes(golden.name() + ".rgb");
        assertThat(Goldens.greatestDifference(picture.toArray(), expected))
                .isLessThanOrEqualTo(golden.number());
    }
}
