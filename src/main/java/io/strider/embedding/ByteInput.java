package io.strider.embedding;

import javax.imageio.stream.ImageInputStreamImpl;

/** A stream for ImageIO over bytes in memory: no copy, no cache, no file. */
final class ByteInput extends ImageInputStreamImpl {
    private final byte[] bytes;
    private boolean exhausted;

    ByteInput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether more has been asked for than there is. */
    boolean isExhausted() {
        return exhausted;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public int read() {
        bitOffset = 0;
        if (streamPos >= bytes.length) {
            exhausted = true;
            return -1;
        }
        return bytes[(int) streamPos++] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (streamPos >= bytes.length) {
            exhausted = true;
            return -1;
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, target, from, count);
        streamPos += count;
        return count;
    }
}
