package io.strider.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files this process may have open, as Linux tells. */
final class OpenFiles {
    static final Path LIMITS = Path.of("/proc/self/limits");

    private static final Pattern LINE = Pattern.compile("(?m)^Max open files +([0-9]{1,18}) ");

    private OpenFiles() {}

    /**
     * The limit that holds now.
     *
     * @param limits where the system tells it
     * @return nothing where there is none, or it is not told
     */
    static OptionalLong most(Path limits) throws IOException {
        if (!Files.isReadable(limits)) {
            return OptionalLong.empty();
        }
        Matcher matcher = LINE.matcher(Files.readString(limits));
        return matcher.find()
                ? OptionalLong.of(Long.parseLong(matcher.group(1)))
                : OptionalLong.empty();
    }
}
