package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** EXIF's eight orientations, in JPEG files of our own assembly. */
class OrientationTest {
    private static final String JPEG = "subsampled.jpg";

    /** An EXIF block of two entries, the second of which is the orientation. */
    private static byte[] tiff(ByteOrder order, int tag, int type, int value) {
        ByteBuffer block = ByteBuffer.allocate(40).order(order);
        block.put(
                order == ByteOrder.LITTLE_ENDIAN
                        ? "II".getBytes(StandardCharsets.US_ASCII)
                        : "MM".getBytes(StandardCharsets.US_ASCII));
        block.putShort((short) 42).putInt(8).putShort((short) 2);
        block.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(77);
        block.putShort((short) tag).putShort((short) type).putInt(1).putShort((short) value);
        return block.array();
    }

    private static Picture withExif(byte[] tiff) {
        byte[] jpeg = Goldens.bytes(JPEG);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(jpeg, 0, 2);
        file.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (tiff.length + 8)});
        file.writeBytes("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(tiff);
        file.write(jpeg, 2, jpeg.length - 2);
        return Goldens.decode(file.toByteArray(), "turned");
    }

    /** Where the file's first row and first column are in the upright picture, as EXIF puts it. */
    @ParameterizedTest
    @CsvSource({
        "1, top, left", "2, top, right", "3, bottom, right", "4, bottom, left",
        "5, left, top", "6, right, top", "7, right, bottom", "8, left, bottom"
    })
    void theFirstRowAndColumnComeWhereExifSays(int orientation, String row, String column) {
        Picture file = Goldens.decode(JPEG);
        boolean exchanged = orientation > 4;
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            Picture upright = withExif(tiff(order, 0x0112, 3, orientation));
            assertThat(upright.height()).isEqualTo(exchanged ? file.width() : file.height());
            assertThat(upright.width()).isEqualTo(exchanged ? file.height() : file.width());
            for (int y = 0; y < file.height(); y++) {
                for (int x = 0; x < file.width(); x++) {
                    int alongRows = place(row, y, file.height());
                    int alongColumns = place(column, x, file.width());
                    int toRow = exchanged ? alongColumns : alongRows;
                    int toColumn = exchanged ? alongRows : alongColumns;
                    for (int c = 0; c < 3; c++) {
                        assertThat(upright.get(toRow, toColumn, c)).isEqualTo(file.get(y, x, c));
                    }
                }
            }
        }
    }

    private static int place(String side, int index, int size) {
        return side.equals("top") || side.equals("left") ? index : size - 1 - index;
    }

    @Test
    void notesThatMakeNoSenseAreIgnored() {
        byte[] file = Goldens.decode(JPEG).toArray();
        ByteOrder order = ByteOrder.BIG_ENDIAN;
        assertThat(withExif(tiff(order, 0x0112, 3, 9)).toArray()).isEqualTo(file);
        assertThat(withExif(tiff(order, 0x0112, 3, 0)).toArray()).isEqualTo(file);
        assertThat(withExif(tiff(order, 0x0112, 4, 6)).toArray()).isEqualTo(file);
        assertThat(withExif(tiff(order, 0x0113, 3, 6)).toArray()).isEqualTo(file);
        byte[] good = tiff(order, 0x0112, 3, 6);
        for (int length = 0; length < 32; length++) {
            assertThat(withExif(Arrays.copyOf(good, length)).toArray()).isEqualTo(file);
        }
        byte[] elsewhere = good.clone();
        elsewhere[4] = 0x7f; // the directory's offset
        assertThat(withExif(elsewhere).toArray()).isEqualTo(file);
        byte[] unknown = good.clone();
        unknown[0] = 'X';
        assertThat(withExif(unknown).toArray()).isEqualTo(file);
    }
}
