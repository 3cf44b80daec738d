package io.strider.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** The bytes of .npy files, packaged or made by hand. */
final class NpyFiles {
    static final String[] PACKAGED = {
        "seed-stride1-x",
        "asymmetric-pad-x",
        "asymmetric-pad-w",
        "asymmetric-pad-gb",
        "depthwise-b",
        "fortran-float32",
        "version2-float64",
        "version3-uint8-fortran",
        "scalar"
    };

    private NpyFiles() {}

    static byte[] packaged(String name) throws IOException {
        try (InputStream input = NpyFiles.class.getResourceAsStream(name + ".npy")) {
            return Objects.requireNonNull(input, name).readAllBytes();
        }
    }

    /** A file with any header text, padded to 64 bytes as usual. */
    static byte[] withHeader(int version, String header, byte... data) {
        int prefix = version == 1 ? 10 : 12;
        Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        int unpadded = prefix + header.getBytes(charset).length + 1;
        byte[] text = (header + " ".repeat(63 - (unpadded + 63) % 64) + "\n").getBytes(charset);
        ByteBuffer file =
                ByteBuffer.allocate(prefix + text.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        return file.put(text).put(data).array();
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] cut(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }
}
