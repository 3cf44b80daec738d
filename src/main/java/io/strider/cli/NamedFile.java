package io.strider.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A file for one of a network's values: {@code name=file}, or just {@code file} where there is only
 * one value.
 *
 * @param name of the value; empty if it was not told
 * @param path the file
 */
record NamedFile(String name, Path path) {
    /** Reads what was typed. */
    static final class Converter implements ITypeConverter<NamedFile> {
        @Override
        public NamedFile convert(String text) {
            int equals = text.indexOf('=');
            String file = text.substring(equals + 1);
            if (file.isEmpty()) {
                throw new TypeConversionException(
                        "'%s' (expected: name=file, or a file)".formatted(text));
            }
            try {
                return new NamedFile(equals < 0 ? "" : text.substring(0, equals), Path.of(file));
            } catch (InvalidPathException bad) {
                throw new TypeConversionException("'%s': %s".formatted(text, bad.getMessage()));
            }
        }
    }
}
