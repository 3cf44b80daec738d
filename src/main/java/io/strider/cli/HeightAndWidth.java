package io.strider.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number for each axis; on the command line {@code height,width} or one number for both. Ranges
 * are checked where the numbers are used.
 */
record HeightAndWidth(long height, long width) {

    /** For picocli. */
    static final class Converter implements ITypeConverter<HeightAndWidth> {
        @Override
        public HeightAndWidth convert(String value) {
            long[] numbers = numbers(value, "one number, or two: height,width", 1, 2);
            return new HeightAndWidth(numbers[0], numbers[numbers.length - 1]);
        }
    }

    /** Reads numbers that commas separate, as many as one of {@code counts}. */
    static long[] numbers(String value, String expected, int... counts) {
        String[] words = value.split(",", -1);
        boolean counted = false;
        for (int count : counts) {
            counted |= words.length == count;
        }
        try {
            if (counted) {
                long[] numbers = new long[words.length];
                for (int i = 0; i < words.length; i++) {
                    numbers[i] = Long.parseLong(words[i].strip());
                }
                return numbers;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new TypeConversionException("\"" + value + "\" (expected: " + expected + ")");
    }
}
