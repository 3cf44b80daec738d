package io.strider.benchmark;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the values of options. What is wrong is an {@link IllegalArgumentException} whose message
 * is a line that names the option.
 */
public final class OptionValues {
    private OptionValues() {}

    /** Names with commas between, each once. */
    public static List<String> items(String option, String value) {
        List<String> items = new ArrayList<>();
        for (String item : value.split(",", -1)) {
            if (item.isBlank()) {
                throw new IllegalArgumentException(
                        "%s: %s (expected: names with commas between)".formatted(option, value));
            }
            if (!items.contains(item.strip())) {
                items.add(item.strip());
            }
        }
        return items;
    }

    /** Whole numbers from 1 to {@code most} with commas between. */
    public static List<Integer> numbers(String option, String value, int most) {
        List<Integer> numbers = new ArrayList<>();
        for (String item : items(option, value)) {
            int number;
            try {
                number = Integer.parseInt(item);
            } catch (NumberFormatException e) {
                number = 0;
            }
            if (number < 1 || number > most) {
                throw new IllegalArgumentException(
                        "%s: %s (expected: whole numbers from 1 to %d)"
                                .formatted(option, item, most));
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** A file to be written: found out before the run rather than after it. */
    public static Path file(String option, String value) {
        Path file;
        try {
            file = Path.of(value).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a file's path)".formatted(option, value), e);
        }
        Path folder = file.getParent();
        if (value.isEmpty()
                || Files.isDirectory(file)
                || folder == null
                || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a file in a folder that exists)".formatted(option, value));
        }
        return file;
    }
}
