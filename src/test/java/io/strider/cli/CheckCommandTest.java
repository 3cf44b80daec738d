package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckCommandTest {
    private static final String INDEX =
            """
            # a few, to be quick
            asymmetric-pad           2,3 1,2,0,1 1,1 1
            pointwise                1,1 0,0,0,0 1,1 1
            seed-stride1             1,1 0,0,0,0 1,1 1
            seed-stride2             2,2 0,0,0,0 1,1 1
            """;

    /** A few cases, the last double of one file changed. */
    private static GoldenCases corrupted(String file, double change) {
        return new GoldenCases(path -> {
            if (path.equals("cases.txt")) {
                return new ByteArrayInputStream(INDEX.getBytes(StandardCharsets.UTF_8));
            }
            InputStream packaged = GoldenCases.class.getResourceAsStream("golden/" + path);
            if (packaged == null || !path.equals(file)) {
                return packaged;
            }
            ByteBuffer bytes =
                    ByteBuffer.wrap(packaged.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            int last = bytes.capacity() - Double.BYTES;
            bytes.putDouble(last, bytes.getDouble(last) + change);
            return new ByteArrayInputStream(bytes.array());
        });
    }

    @Test
    void everyPackagedCasePasses() throws IOException {
        Run run = Run.of("check").isDone();
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        for (String route : List.of("index route", "strided window route", "Conv2d IM2COL")) {
            for (int stride = 1; stride <= 2; stride++) {
                int heading = lines.indexOf(route + ", stride " + stride);
                assertThat(heading).as(route + ", stride " + stride).isNotNegative();
                assertThat(lines.subList(heading + 1, heading + 4))
                        .containsExactly("r? true", "dw? true", "dx? true");
            }
        }
        List<GoldenCase> cases = GoldenCases.packaged().all();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(19);
        for (GoldenCase golden : cases) {
            for (String format : List.of("nchw", "nhwc")) {
                assertThat(lines)
                        .as(golden.name())
                        .anyMatch(line ->
                                line.startsWith(golden.name() + " ")
                                        && line.contains(" IM2COL ")
                                        && line.contains(" " + format + " "));
            }
        }
        assertThat(lines).filteredOn(line -> line.contains(" POINTWISE ")).hasSize(4);
        assertThat(run.out()).contains("All is well").doesNotContain("false", "FAILED");
    }

    @ParameterizedTest
    @CsvSource({
        "asymmetric-pad/y.npy,  1e-2, y",
        "asymmetric-pad/gx.npy, 1e-2, gx",
        "pointwise/gw.npy,      1e-1, gw",
        "pointwise/gb.npy,      1e-1, gb",
        "pointwise/y.npy,       NaN,  y"
    })
    void aCaseOutsideItsBoundFailsAndIsNamed(String file, double change, String result) {
        Run run = Run.with(corrupted(file, change), "check");
        String name = file.substring(0, file.indexOf('/'));
        run.fails(1, "check failed", name + " IM2COL nchw: " + result, name + " IM2COL nhwc");
        assertThat(run.out()).contains("FAILED: " + result).doesNotContain("All is well");
    }

    @ParameterizedTest
    @CsvSource({"seed-stride1/y.npy,  r?", "seed-stride2/gw.npy, dw?", "seed-stride2/gx.npy, dx?"})
    void theReferenceScriptsMustBeMetExactly(String file, String question) {
        // Far within the bound of a float32 sum: only equality finds it.
        Run run = Run.with(corrupted(file, 1e-9), "check");
        run.fails(1, "index route", "strided window route", "Conv2d IM2COL", file.split("/", 2)[0]);
        assertThat(run.out()).contains(question + " false");
    }

    @Test
    void aMissingFileIsNamed() {
        GoldenCases cases =
                new GoldenCases(path ->
                        path.equals("seed-stride1/w.npy")
                                ? null
                                : GoldenCases.class.getResourceAsStream("golden/" + path));
        assertThat(Run.with(cases, "check").err()).contains("golden/seed-stride1/w.npy: missing");
    }
}
