package io.strider.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
    private static final Workload FIFTY_SIX =
            new Workload(Pass.FORWARD, Shapes.named("resnet50.3x3.64.56"), 1, 1);
    private static final Workload FOURTEEN =
            new Workload(Pass.FORWARD, Shapes.named("resnet50.3x3.256.14"), 1, 1);

    private static Row row(String engine, Workload workload, String layout, double median) {
        return new Row(engine, workload, layout, "A", median, 250, "Core", 0);
    }

    /** Against ONNX Runtime 2 and 0.5, against the better layout of oneDNN 1.5 and 1.5. */
    private static Ratios ratios() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("onednn", FIFTY_SIX, "blocked", 1.5));
        rows.add(row("onednn", FIFTY_SIX, "nchw", 3));
        rows.add(row("onnxruntime", FIFTY_SIX, "nchw", 2));
        rows.add(row("strider", FIFTY_SIX, "nhwc", 1));
        rows.add(row("strider", FIFTY_SIX, "nchw", 9));
        rows.add(row("onednn", FOURTEEN, "blocked", 4));
        rows.add(row("onednn", FOURTEEN, "nchw", 3));
        rows.add(row("onnxruntime", FOURTEEN, "nchw", 1));
        rows.add(row("strider", FOURTEEN, "nhwc", 2));
        return new Ratios(rows);
    }

    @Test
    void aRowHasTheColumnsOfTheHeader() {
        assertThat(Row.HEADER)
                .isEqualTo(
                        "engine,pass,shape,batch,threads,layout,algorithm,median_ms,gflops,share_of_peak,core");
        // 2·64·64·9·56·56 = 231.2 MFLOP in 2 ms.
        assertThat(row("strider", FIFTY_SIX, "nhwc", 2).csv())
                .isEqualTo(
                        "strider,forward,resnet50.3x3.64.56,1,1,nhwc,A,2.000000,115.606,0.4624,Core");
    }

    @Test
    void fieldsWithCommasAndQuotesAreQuoted() {
        assertThat(Row.field("a,b \"c\"")).isEqualTo("\"a,b \"\"c\"\"\"");
    }

    @Test
    void thePeersBestLayoutCounts() {
        Ratios ratios = ratios();
        assertThat(ratios.own()).hasSize(2);
        assertThat(ratios.against("onednn", ratios.own().get(0))).hasValue(1.5);
        assertThat(ratios.against("onednn", ratios.own().get(1))).hasValue(1.5);
        assertThat(ratios.against("djl", ratios.own().get(0))).isEmpty();
    }

    @Test
    void theSummaryHoldsTheTargetsThatWereRun() {
        List<String> lines = Targets.lines(ratios());
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).contains("geometric mean of 2", "1.00", "1.40", "SHORT");
        assertThat(lines.get(1)).contains("least of 2", "0.50", "1.10", "SHORT");
        assertThat(lines.get(2)).contains("onednn", "1.50", "1.20", "reached");
    }

    @Test
    void medianAndGeometricMean() {
        assertThat(Turns.median(new double[] {9, 1, 2})).isEqualTo(2);
        assertThat(Turns.median(new double[] {4, 9, 1, 2})).isEqualTo(3);
        assertThat(Ratios.geometricMean(new double[] {4, 0.25, 8})).isCloseTo(2, within(1e-12));
    }

    @Test
    void theChartIsXmlWithABarAnEngineAndWorkload() throws Exception {
        String svg = Chart.svg(ratios().rows(), "a < b & c");
        Document document =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(svg)));
        assertThat(document.getElementsByTagName("title").getLength()).isEqualTo(6);
    }

    @Test
    void resultsAgreeWithinTheBoundAndNowhereElse() {
        Workload workload = new Workload(Pass.FORWARD, Shapes.named("reference.3x3.2-7.5"), 2, 1);
        try (Operands operands = new Operands(workload);
                Agreement agreement = new Agreement(operands)) {
            operands.result().fill(1);
            assertThat(agreement.take("one", operands.result())).isEmpty();
            assertThat(agreement.take("two", operands.result())).isEmpty();
            operands.result().set(1.01f, 1, 3, 2, 1);
            Optional<String> wrong = agreement.take("three", operands.result());
            assertThat(wrong)
                    .hasValueSatisfying(w -> assertThat(w).contains("three", "one", "1.01"));
            operands.spoilResult();
            assertThat(agreement.take("four", operands.result()))
                    .hasValueSatisfying(w -> assertThat(w).contains("NaN"));
        }
    }
}
