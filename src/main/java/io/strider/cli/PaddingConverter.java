package io.strider.cli;

import io.strider.conv.Padding;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the value of {@code --padding}. For picocli. */
final class PaddingConverter implements ITypeConverter<Padding> {
    private static final String EXPECTED =
            "one number for all sides, two (vertical,horizontal), four (top,left,bottom,right), same or valid";

    @Override
    public Padding convert(String value) {
        switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "same" -> {
                return Padding.SAME;
            }
            case "valid" -> {
                return Padding.VALID;
            }
            default -> {}
        }
        long[] sides = HeightAndWidth.numbers(value, EXPECTED, 1, 2, 4);
        try {
            return switch (sides.length) {
                case 1 -> Padding.of(sides[0], sides[0]);
                case 2 -> Padding.of(sides[0], sides[1]);
                default -> Padding.of(sides[0], sides[1], sides[2], sides[3]);
            };
        } catch (IllegalArgumentException refused) {
            throw new TypeConversionException(String.valueOf(refused.getMessage()));
        }
    }
}
