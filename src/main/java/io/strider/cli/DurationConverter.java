package io.strider.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For picocli: a time such as {@code 250ms}, {@code 2.5s}, {@code 10m} or {@code 1h}. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|m|h)");

    @Override
    public Duration convert(String value) {
        Matcher parts = FORM.matcher(value.strip());
        if (!parts.matches()) {
            throw new TypeConversionException(
                    "\"" + value + "\" (expected: a time such as 250ms, 30s, 10m or 1h)");
        }
        long millis =
                switch (parts.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1000;
                    case "m" -> 60_000;
                    default -> 3_600_000;
                };
        BigDecimal nanos =
                new BigDecimal(parts.group(1))
                        .multiply(BigDecimal.valueOf(millis))
                        .movePointRight(6);
        try {
            return Duration.ofNanos(
                    nanos.longValue() == 0
                            ? nanos.signum()
                            : nanos.toBigInteger().longValueExact());
        } catch (ArithmeticException _) {
            throw new TypeConversionException(
                    "\"" + value + "\" (expected: a time of at most some years)");
        }
    }
}
