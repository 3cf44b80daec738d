package io.strider.cli;

import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Computes golden cases and holds the results against PyTorch's. */
final class GoldenCheck {
    /** What is compared. */
    enum Result {
        Y,
        GX,
        GW,
        GB;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One way of computing a case.
     *
     * @param golden the case
     * @param algorithm how it was computed
     * @param order in which memory format
     * @param deviations of all results that the case has
     */
    record Row(
            GoldenCase golden,
            Algorithm algorithm,
            ImageOrder order,
            Map<Result, ErrorBound.Deviation> deviations) {

        /** The results that are not as they should be. */
        List<Result> failures() {
            return deviations.entrySet().stream()
                    .filter(entry -> !passes(entry.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        private boolean passes(ErrorBound.Deviation deviation) {
            return golden.isExact() ? deviation.isExact() : deviation.isWithin();
        }
    }

    private GoldenCheck() {}

    /** All ways of computing a case: the algorithms that can, each in both memory formats. */
    static List<Row> run(GoldenCases cases, GoldenCase golden) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            GoldenCase.Arrays arrays = cases.load(golden, arena);
            ErrorBound.OfCase bounds = ErrorBound.of(golden, arrays);
            for (Algorithm algorithm : List.of(Algorithm.IM2COL, Algorithm.POINTWISE)) {
                for (ImageOrder order : ImageOrder.values()) {
                    Conv2d convolution = golden.convolution(algorithm);
                    Conv2dGeometry geometry =
                            convolution.geometry(arrays.x().shape(), arrays.w().shape());
                    if (algorithm.supports(geometry)) {
                        var deviations = deviations(convolution, arrays, order.format, bounds);
                        rows.add(new Row(golden, algorithm, order, deviations));
                    }
                }
            }
        }
        return rows;
    }

    /** Computes all results one way and compares them. */
    static Map<Result, ErrorBound.Deviation> deviations(
            Conv2d convolution,
            GoldenCase.Arrays given,
            MemoryFormat format,
            ErrorBound.OfCase bounds) {
        Map<Result, ErrorBound.Deviation> deviations = new EnumMap<>(Result.class);
        try (Arena arena = Arena.ofConfined()) {
            GoldenCase.Arrays arrays = given.in(format, arena);
            Tensor x = arrays.x();
            Tensor w = arrays.w();
            Tensor gy = arrays.gy();
            Tensor y = convolution.forward(x, w, arrays.b(), arena);
            deviations.put(Result.Y, bounds.y().deviation(y, arrays.y()));
            Tensor gx = convolution.backwardInput(w, gy, x.shape(), arena);
            deviations.put(Result.GX, bounds.gx().deviation(gx, arrays.gx()));
            Tensor gw = convolution.backwardWeight(x, gy, w.shape(), arena);
            deviations.put(Result.GW, bounds.gw().deviation(gw, arrays.gw()));
            Npy.Doubles gb = arrays.gb();
            if (gb != null) {
                Tensor actual = convolution.backwardBias(gy, arena);
                deviations.put(Result.GB, bounds.gb().deviation(actual, gb));
            }
        }
        return deviations;
    }
}
