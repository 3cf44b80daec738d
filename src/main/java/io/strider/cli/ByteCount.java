package io.strider.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes as options have it: {@code 500}, {@code 64K}, {@code 32M}, {@code 2G}.
 *
 * @param bytes at least 1
 */
record ByteCount(long bytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([KMG]?)");

    /** For picocli. */
    static final class Converter implements ITypeConverter<ByteCount> {
        @Override
        public ByteCount convert(String text) {
            Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
            if (matcher.matches()) {
                long number = Long.parseLong(matcher.group(1));
                int shift =
                        switch (matcher.group(2)) {
                            case "K" -> 10;
                            case "M" -> 20;
                            case "G" -> 30;
                            default -> 0;
                        };
                if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                    return new ByteCount(number << shift);
                }
            }
            throw new TypeConversionException(
                    "\"%s\" (expected: bytes, such as 500, 64K, 32M or 2G)".formatted(text));
        }
    }
}
