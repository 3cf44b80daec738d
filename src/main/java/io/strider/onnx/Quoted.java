package io.strider.onnx;

/** Names from a file, made fit for a message: in quotes, printable, and not too long. */
final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    /** The text in single quotes, unprintable characters as {@code ?}, its tail cut off. */
    static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        int shown = Math.min(text.length(), LONGEST);
        for (int i = 0; i < shown; i++) {
            char character = text.charAt(i);
            quoted.append(isPrintable(character) ? character : '?');
        }
        return quoted.append(shown < text.length() ? "…'" : "'").toString();
    }

    /** Controls could steer a terminal; marks of direction and halves of pairs could mislead. */
    private static boolean isPrintable(char character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE ->
                    false;
            default -> true;
        };
    }
}
