package io.strider.embedding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The files beside these tests; see the README there. */
final class Goldens {
    private Goldens() {}

    /** A line of cases.txt: the last number is a tolerance or a filter's code. */
    record Case(String name, int height, int width, int number) {
        @Override
        public String toString() {
            return name;
        }
    }

    static byte[] bytes(String name) {
        try (InputStream input = Goldens.class.getResourceAsStream(name)) {
            if (input == null) {
                throw new IllegalArgumentException(name + " is not there");
            }
            return input.readAllBytes();
        } catch (IOException failed) {
            throw new IllegalStateException(name, failed);
        }
    }

    static Stream<Case> cases(String kind) {
        return new String(bytes("cases.txt"), StandardCharsets.US_ASCII)
                .lines()
                .map(line -> List.of(line.split(" ")))
                .filter(words -> words.getFirst().equals(kind))
                .map(words ->
                        new Case(
                                words.get(1),
                                Integer.parseInt(words.get(2)),
                                Integer.parseInt(words.get(3)),
                                Integer.parseInt(words.get(4))));
    }

    static Picture decode(String name) {
        return decode(bytes(name), name);
    }

    static Picture decode(byte[] bytes, String name) {
        try {
            return new ImageDecoder().decode(bytes, name);
        } catch (IOException failed) {
            throw new IllegalStateException(name, failed);
        }
    }

    static int greatestDifference(byte[] first, byte[] second) {
        if (first.length != second.length) {
            throw new AssertionError(first.length + " bytes and " + second.length);
        }
        int greatest = 0;
        for (int i = 0; i < first.length; i++) {
            greatest = Math.max(greatest, Math.abs((first[i] & 0xff) - (second[i] & 0xff)));
        }
        return greatest;
    }
}
