package io.strider.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A bar chart of GFLOP/s as SVG: a group a workload, a bar an engine in the layout it prefers, a
 * line at the peak of the fused multiply-adds.
 */
final class Chart {
    private static final int LEFT = 240;
    private static final int PLOT = 560;
    private static final int RIGHT = 70;
    private static final int TOP = 64;
    private static final int BAR = 9;
    private static final int GAP = 9;

    /**
     * Engine, colour: distinct for the colour-blind too (Okabe and Ito), readable on both themes.
     */
    private static final Map<String, String> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put("strider", "#D55E00");
        COLOURS.put("onnxruntime", "#56B4E9");
        COLOURS.put("onednn", "#009E73");
    }

    private Chart() {}

    /**
     * @param rows of one run
     * @param caption machine, versions
     */
    static String svg(List<Row> rows, String caption) {
        Map<Workload, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : rows) {
            groups.computeIfAbsent(row.workload(), w -> new ArrayList<>());
        }
        groups.forEach((workload, bars) -> bars.addAll(best(rows, workload)));
        double most = rows.stream().mapToDouble(r -> Math.max(r.rate(), r.peak())).max().orElse(1);
        double scale = PLOT / (most * 1.02);
        int height = TOP + 30;
        for (List<Row> bars : groups.values()) {
            height += bars.size() * BAR + GAP;
        }
        int width = LEFT + PLOT + RIGHT;
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">",
                width,
                height,
                width,
                height);
        add(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        text(svg, 12, 20, "start", "GFLOP/s of the direct formula, each engine in its own layout");
        text(svg, 12, 36, "start", caption);
        legend(svg);
        axis(svg, most, scale, height - 24);
        int y = TOP;
        for (Map.Entry<Workload, List<Row>> group : groups.entrySet()) {
            int size = group.getValue().size() * BAR;
            text(svg, LEFT - 8, y + size / 2 + 4, "end", label(group.getKey()));
            for (Row row : group.getValue()) {
                double length = row.rate() * scale;
                add(
                        svg,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s %s: %.1f GFLOP/s, %.4f ms</title></rect>",
                        LEFT,
                        y,
                        length,
                        BAR - 1,
                        COLOURS.getOrDefault(row.engine(), "#999999"),
                        escape(row.engine()),
                        escape(row.layout()),
                        row.rate(),
                        row.median());
                y += BAR;
            }
            peak(svg, group.getValue(), scale, y, size);
            y += GAP;
        }
        return svg.append("</svg>\n").toString();
    }

    private static List<Row> best(List<Row> rows, Workload workload) {
        List<Row> bars = new ArrayList<>();
        for (String engine : COLOURS.keySet()) {
            rows.stream()
                    .filter(r -> r.workload().equals(workload) && r.engine().equals(engine))
                    .filter(r -> !engine.equals(Ratios.OWN) || r.layout().equals(Ratios.OWN_LAYOUT))
                    .min((a, b) -> Double.compare(a.median(), b.median()))
                    .ifPresent(bars::add);
        }
        return bars;
    }

    private static void legend(StringBuilder svg) {
        int x = LEFT;
        for (Map.Entry<String, String> engine : COLOURS.entrySet()) {
            add(
                    svg,
                    "<rect x=\"%d\" y=\"46\" width=\"10\" height=\"10\" fill=\"%s\"/>",
                    x,
                    engine.getValue());
            text(svg, x + 14, 55, "start", engine.getKey());
            x += 110;
        }
        text(svg, x + 14, 55, "start", "dashed: peak of the fused multiply-adds");
    }

    private static void axis(StringBuilder svg, double most, double scale, int bottom) {
        double step = Math.pow(10, Math.floor(Math.log10(most)));
        if (most / step < 4) {
            step /= 4;
        }
        for (double value = 0; value <= most; value += step) {
            double x = LEFT + value * scale;
            add(
                    svg,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>",
                    x,
                    TOP - 4,
                    x,
                    bottom);
            text(svg, (int) Math.round(x), bottom + 14, "middle", "%.0f".formatted(value));
        }
    }

    private static void peak(
            StringBuilder svg, List<Row> rows, double scale, int bottom, int size) {
        double x = LEFT + rows.getFirst().peak() * scale;
        add(
                svg,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#333333\" stroke-dasharray=\"3 2\"/>",
                x,
                bottom - size - 2,
                x,
                bottom + 1);
    }

    private static String label(Workload work) {
        String label = work.shape().name();
        if (work.pass() != Pass.FORWARD) {
            label = work.pass().text() + " " + label;
        }
        if (work.batch() > 1) {
            label += " ×" + work.batch();
        }
        return work.threads() > 1 ? label + ", " + work.threads() + " threads" : label;
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
        add(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"#222222\">%s</text>",
                x,
                y,
                anchor,
                escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
