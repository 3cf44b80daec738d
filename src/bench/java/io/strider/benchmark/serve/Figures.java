package io.strider.benchmark.serve;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Figures in the order in which they were measured, some with what is expected of them. */
final class Figures {
    private record Figure(double value, String expected, boolean reached) {}

    private final Map<String, Figure> all = new LinkedHashMap<>();

    /** A figure of which nothing is expected; one of the same name is replaced. */
    void add(String name, double value) {
        all.put(name, new Figure(value, "", true));
    }

    void atLeast(String name, double value, double least) {
        all.put(name, new Figure(value, ">= " + text(least), value >= least));
    }

    void atMost(String name, double value, double most) {
        all.put(name, new Figure(value, "<= " + text(most), value <= most));
    }

    private static String text(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    boolean areReached() {
        return all.values().stream().allMatch(Figure::reached);
    }

    void print() {
        System.out.println();
        all.forEach((name, figure) ->
                System.out.printf(
                        "%-36s %12s  %-12s %s%n",
                        name,
                        text(figure.value()),
                        figure.expected(),
                        figure.expected().isEmpty()
                                ? ""
                                : figure.reached() ? "reached" : "MISSED"));
    }

    String csv() {
        StringBuilder text = new StringBuilder("figure,value,expected,reached\n");
        all.forEach((name, figure) ->
                text.append(
                        String.format(
                                Locale.ROOT,
                                "\"%s\",%.6g,%s,%s%n",
                                name,
                                figure.value(),
                                figure.expected(),
                                figure.reached())));
        return text.toString();
    }
}
