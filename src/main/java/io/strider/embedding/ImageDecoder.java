package io.strider.embedding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Turns the bytes of JPEG, PNG, WebP, GIF and BMP files into {@link Picture}s.
 *
 * <p>What comes out is what Pillow's {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}
 * gives: palettes are expanded, alpha is dropped, ICC profiles and gamma are not applied, of 16
 * bits the upper 8 are kept, CMYK is taken as Adobe's (inverted) and computed as R = (255 − C)·(255
 * − K)/255, pictures that a camera took sideways are turned upright. Of an animation the first
 * frame is read, on a canvas that is otherwise of colour 0. Three things differ: of 16-bit grey
 * Pillow clips at 255 instead of keeping the upper half; JPEG whose colours are subsampled in
 * height alone may be off by a few grey levels; and lossy WebP is decoded by TwelveMonkeys, whose
 * predictions drift from libwebp's: by 4 grey levels in the mean and 30 at most on a photograph of
 * 451×300 pixels, more towards the lower right.
 *
 * <p>The format is told from the first bytes, never from the file's name. Sizes are read from the
 * header and compared with the {@link DecodingLimits} before memory is taken. Files are input from
 * outside: whatever they hold, the answer is a picture within the limits or an {@link
 * ImageFormatException}.
 *
 * <p>WebP needs TwelveMonkeys' {@code imageio-webp} on the class path; without it such files are
 * refused with that advice. Nothing is ever cached on disk.
 *
 * <p>Immutable; many threads may decode with one decoder at the same time.
 */
public final class ImageDecoder {
    private static final int SIGNATURE_BYTES = 12;

    private final DecodingLimits limits;

    /** A decoder with {@link DecodingLimits#DEFAULT}. */
    public ImageDecoder() {
        this(DecodingLimits.DEFAULT);
    }

    /** A decoder with limits of the caller's own. */
    public ImageDecoder(DecodingLimits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /**
     * Whether a file begins as a picture of one of the formats does; it may be damaged all the
     * same.
     *
     * @param bytes the file, or its beginning; not modified
     */
    public static boolean isPicture(byte[] bytes) {
        return PictureFormat.of(bytes) != null;
    }

    /** What is refused. */
    public DecodingLimits limits() {
        return limits;
    }

    /**
     * Reads a file.
     *
     * @throws ImageFormatException if it is empty, larger than the limits, malformed or of an
     *     unknown format
     * @throws IOException if there is no such file or it cannot be read
     */
    public Picture decode(Path file) throws IOException {
        Objects.requireNonNull(file, "file");
        String name = file.toString();
        if (!Files.exists(file)) {
            throw new NoSuchFileException(name, null, "does not exist (expected: a picture)");
        }
        if (!Files.isRegularFile(file)) { // asked before, as opening a FIFO waits for its writer
            throw new FileSystemException(name, null, "is not a file (expected: a picture)");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            requireBytes(name, channel.size());
            return decode(Channels.newInputStream(channel), name);
        }
    }

    /**
     * Reads a stream to its end, or until it exceeds the limit, and decodes what it gave. The
     * stream is not closed.
     *
     * @param name what messages call the picture
     * @throws ImageFormatException as for a file
     * @throws IOException if the stream cannot be read
     */
    public Picture decode(InputStream input, String name) throws IOException {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(name, "name");
        byte[] bytes = input.readNBytes((int) limits.maxBytes());
        if (bytes.length == limits.maxBytes() && input.read() >= 0) {
            requireBytes(name, limits.maxBytes() + 1);
        }
        return decode(bytes, name);
    }

    /**
     * Decodes bytes.
     *
     * @param bytes a whole file; not modified, and not kept
     * @param name what messages call the picture
     * @throws ImageFormatException as for a file
     */
    public Picture decode(byte[] bytes, String name) throws ImageFormatException {
        return decode(bytes, name, DecodingRoom.UNBOUNDED);
    }

    /**
     * Decodes bytes when there is room for the picture.
     *
     * @param bytes a whole file; not modified, and not kept
     * @param name what messages call the picture
     * @param room is asked before memory for pixels is taken
     * @throws ImageTooLargeException if it is larger than the limits or the heap
     * @throws ImageFormatException as for a file
     */
    public Picture decode(byte[] bytes, String name, DecodingRoom room)
            throws ImageFormatException {
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(room, "room");
        requireBytes(name, bytes.length);
        EncodedImage image = new EncodedImage(name, bytes, limits, room);
        try {
            return decode(image);
        } catch (OutOfMemoryError exhausted) {
            // Thrown for the picture's own array, which nobody has seen yet: nothing is half done.
            ImageFormatException refusal =
                    image.tooLarge(
                            "does not fit into the heap of %s MiB (expected: a larger heap or a"
                                    + " lower limit than %s pixels)",
                            Runtime.getRuntime().maxMemory() >> 20, limits.maxPixels());
            refusal.initCause(exhausted);
            throw refusal;
        }
    }

    private Picture decode(EncodedImage image) throws ImageFormatException {
        return switch (PictureFormat.of(image.bytes())) {
            case JPEG -> JpegDecoder.decode(image);
            case PNG -> PngDecoder.decode(image);
            case WEBP -> WebpDecoder.decode(image);
            case GIF -> GifDecoder.decode(image);
            case BMP -> BmpDecoder.decode(image);
            case null -> throw unknown(image);
        };
    }

    private static ImageFormatException unknown(EncodedImage image) {
        StringBuilder first = new StringBuilder();
        for (int i = 0; i < Math.min(SIGNATURE_BYTES, image.length()); i++) {
            first.append(String.format("%02x ", image.bytes()[i]));
        }
        return image.refused(
                "begins with %s(expected: a JPEG, PNG, WebP, GIF or BMP picture)", first);
    }

    private void requireBytes(String name, long size) throws ImageFormatException {
        if (size < 1 || size > limits.maxBytes()) {
            String message =
                    "%s: %s bytes (expected: 1 to %s)".formatted(name, size, limits.maxBytes());
            throw size < 1
                    ? new ImageFormatException(message)
                    : new ImageTooLargeException(message);
        }
    }
}
