package io.strider.server.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bodies with bytes changed, cut, doubled and joined: each is read or refused, in little memory.
 */
class HostileBodiesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MUTATIONS = 6000;

    /** What is put into a body in places. */
    private static final List<String> PIECES =
            List.of(
                    "\"",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\\",
                    "\\ud800",
                    "null",
                    "true",
                    "-",
                    "1e999",
                    "99999999999999999999",
                    "0.1",
                    "\r\n",
                    "--B",
                    "--",
                    "\r\n--B\r\n",
                    "\r\n\r\n",
                    "=",
                    ";",
                    "data:",
                    "base64,",
                    "\u00ff",
                    "\u0000",
                    "\"a\":",
                    "[[",
                    "]]",
                    "\"shape\":[",
                    "2147483647",
                    "-1",
                    "\"binary_data_size\":4",
                    "BOOL",
                    "filename=\"");

    /** A reader, and bodies that it reads. */
    private enum Target {
        FORM(
                "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nfaces\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.png\"\r\n"
                        + "Content-Type: image/png\r\n\r\n\u0089PNG\r\n\u001a\n\r\n--B--\r\n") {
            @Override
            Object read(byte[] body, Random random) throws RefusedException {
                return PictureRequest.read(
                        PictureEncoding.FORM, "multipart/form-data; boundary=B", null, body, 4);
            }
        },
        PICTURES(
                "{\"model\":\"faces\",\"images\":[\"data:image/png;base64,iVBORw0KGgo=\","
                        + "\"_-8\",\"AQID\"]}") {
            @Override
            Object read(byte[] body, Random random) throws RefusedException {
                return PictureRequest.read(PictureEncoding.JSON, null, null, body, 4);
            }
        },
        OPEN_AI(
                "{\"input\":[\"data:image/png;base64,iVBORw0KGgo=\",\"AQID\"],\"model\":\"faces\","
                        + "\"encoding_format\":\"base64\",\"dimensions\":512,\"x\":{\"y\":[1,{}]}}") {
            @Override
            Object read(byte[] body, Random random) throws RefusedException {
                return OpenAiRequest.read(body, 4);
            }
        },
        TENSORS(
                "{\"id\":\"1\",\"parameters\":{\"binary_data_output\":true},\"inputs\":["
                        + "{\"name\":\"a\",\"shape\":[2,2],\"datatype\":\"FP32\","
                        + "\"data\":[[1,2.5],[-3e5,4]]},"
                        + "{\"data\":[1,255,0],\"datatype\":\"UINT8\",\"shape\":[3],\"name\":\"b\"}],"
                        + "\"outputs\":[{\"name\":\"o\",\"parameters\":{\"binary_data\":false}}]}") {
            @Override
            Object read(byte[] body, Random random) throws RefusedException {
                return InferRequest.read(body, null, TensorRoom.UNBOUNDED);
            }
        },
        BYTES(
                "{\"inputs\":[{\"name\":\"a\",\"shape\":[2,2],\"datatype\":\"FP16\","
                        + "\"parameters\":{\"binary_data_size\":8}},"
                        + "{\"name\":\"b\",\"shape\":[3],\"datatype\":\"BOOL\","
                        + "\"parameters\":{\"binary_data_size\":3}}]}\u0000\u003c\u0001\u0002"
                        + "\u0003\u0004\u0005\u0006\u0001\u0000\u0001") {
            @Override
            Object read(byte[] body, Random random) throws RefusedException {
                int length = new String(body, ISO_8859_1).lastIndexOf('}') + 1;
                int off = random.nextInt(8) == 0 ? random.nextInt(5) - 2 : 0;
                return InferRequest.read(body, String.valueOf(length + off), TensorRoom.UNBOUNDED);
            }
        };

        private final byte[] seed;

        Target(String seed) {
            this.seed = seed.getBytes(ISO_8859_1);
        }

        abstract Object read(byte[] body, Random random) throws RefusedException;
    }

    @ParameterizedTest
    @EnumSource
    void anyBodyIsReadOrRefused(Target target) throws RefusedException {
        assertThat(target.read(target.seed, new Random(1))).isNotNull();
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Random random = new Random(31L * i + target.ordinal());
            byte[] body = mutated(target.seed, random);
            String situation = "%s, seed %d: %s".formatted(target, i, new String(body, ISO_8859_1));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                target.read(body, random);
            } catch (RefusedException refusal) {
                refused++;
                assertThat(refusal.getMessage()).as(situation).hasSizeLessThan(1000);
            } catch (RuntimeException | Error failure) {
                fail(situation, failure);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated)
                    .as(situation)
                    .isLessThan((1 << 20) + (long) JsonInput.MEMORY_FACTOR * body.length);
        }
        assertThat(refused).isBetween(MUTATIONS / 2, MUTATIONS - 1);
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] body = seed;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(body.length + 1);
            int end = Math.min(body.length, at + random.nextInt(12));
            body =
                    switch (random.nextInt(6)) {
                        case 0 -> joined(body, at, new byte[] {(byte) random.nextInt()}, at + 1);
                        case 1 -> joined(body, at, new byte[0], end);
                        case 2 -> joined(body, at, piece(random), at);
                        case 3 -> joined(body, at, piece(random), end);
                        case 4 -> joined(body, end, Arrays.copyOfRange(body, at, end), end);
                        default -> random.nextInt(4) > 0 ? body : Arrays.copyOf(body, at);
                    };
        }
        return body;
    }

    private static byte[] piece(Random random) {
        return PIECES.get(random.nextInt(PIECES.size())).getBytes(ISO_8859_1);
    }

    /** What stands before a place, something, and what stands from another place on. */
    private static byte[] joined(byte[] body, int before, byte[] middle, int behind) {
        int from = Math.min(behind, body.length);
        byte[] joined = Arrays.copyOf(body, before + middle.length + body.length - from);
        System.arraycopy(middle, 0, joined, before, middle.length);
        System.arraycopy(body, from, joined, before + middle.length, body.length - from);
        return joined;
    }

    /** The worst that is known of each kind, a megabyte each. */
    @Test
    void largeBodiesTakeLittleMemory() {
        int size = 1 << 20;
        String name = "{\"inputs\":[{\"name\":\"x\",\"shape\":[%d],\"datatype\":\"%s\",";
        byte[] bytes = new byte[size];
        String bytesJson =
                name.formatted(size, "INT8")
                        + "\"parameters\":{\"binary_data_size\":%d}}]}".formatted(size);
        assertLittle(concatenated(bytesJson, bytes), bytesJson.length());
        assertLittle(
                (name.formatted(size / 2, "FP64")
                                + "\"data\":["
                                + "0,".repeat(size / 2 - 1)
                                + "0]}]}")
                        .getBytes(UTF_8),
                -1);
        assertLittle(
                ("{\"inputs\":[{\"data\":["
                                + "0,".repeat(size / 2 - 1)
                                + "0],\"name\":\"x\",\"shape\":[%d],\"datatype\":\"INT64\"}]}"
                                        .formatted(size / 2))
                        .getBytes(UTF_8),
                -1);
        StringBuilder names = new StringBuilder("{\"a\":0");
        for (int i = 0; i < size / 10; i++) {
            names.append(",\"").append(Integer.toHexString(i)).append("\":0");
        }
        assertLittle(names.append('}').toString().getBytes(UTF_8), -1);
        assertLittle(("{\"id\":\"" + "i".repeat(size) + "\"}").getBytes(UTF_8), -1);
        assertLittle(("{\"" + "i".repeat(size) + "\":1}").getBytes(UTF_8), -1);
        assertLittle("[".repeat(size).getBytes(UTF_8), -1);
        assertLittle(("{\"x\":" + "[],".repeat(size / 3)).getBytes(UTF_8), -1);
        assertLittle(("{\"x\":1" + "0".repeat(size)).getBytes(UTF_8), -1);
    }

    @ParameterizedTest
    @EnumSource
    void readingTakesTheRoomThatItAskedFor(ElementType type) throws RefusedException {
        int count = 200_000;
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[%d],\"datatype\":\"%s\",%%s}]}"
                        .formatted(count, Datatype.of(type));
        int bytes = count * type.bytes();
        String binary = json.formatted("\"parameters\":{\"binary_data_size\":%d}".formatted(bytes));
        assertRoom(concatenated(binary, new byte[bytes]), binary.length());
        String zero = type == ElementType.BOOL ? "false" : "0";
        String text = json.formatted("\"data\":[" + (zero + ",").repeat(count - 1) + zero + "]");
        assertRoom(text.getBytes(UTF_8), text.length());
    }

    private static void assertRoom(byte[] body, int length) throws RefusedException {
        long[] asked = {0};
        for (int i = 0; i < 2; i++) { // the second time without what is made once
            asked[0] = 0;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            InferRequest request =
                    InferRequest.read(body, String.valueOf(length), more -> asked[0] += more);
            long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(request.inputs()).hasSize(1);
            if (i > 0) {
                assertThat(taken).isBetween(asked[0], asked[0] + (1 << 18));
            }
        }
        assertThatThrownBy(() ->
                        InferRequest.read(
                                body,
                                String.valueOf(length),
                                _ -> {
                                    throw new RefusedException(Reason.QUEUE_FULL, "no room");
                                }))
                .isInstanceOf(RefusedException.class)
                .hasMessage("no room");
    }

    private static byte[] concatenated(String text, byte[] bytes) {
        byte[] joined = Arrays.copyOf(text.getBytes(UTF_8), text.length() + bytes.length);
        System.arraycopy(bytes, 0, joined, text.length(), bytes.length);
        return joined;
    }

    private static void assertLittle(byte[] body, int length) {
        for (Target target : Target.values()) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                if (target == Target.BYTES && length >= 0) {
                    InferRequest.read(body, String.valueOf(length), TensorRoom.UNBOUNDED);
                } else {
                    target.read(body, new Random(1));
                }
            } catch (RefusedException refusal) {
                assertThat(refusal.getMessage()).hasSizeLessThan(1000);
            }
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                    .as("%s: %s", target, new String(body, 0, 60, UTF_8))
                    .isLessThan((1 << 20) + (long) JsonInput.MEMORY_FACTOR * body.length);
        }
    }
}
