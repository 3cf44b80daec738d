package io.strider.cli;

import io.strider.blas.Blas;
import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.conv.IndexRoute;
import io.strider.conv.WindowRoute;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The checks of the two reference scripts: on their data, every value of output and gradients is a
 * small integer and must be PyTorch's, exactly.
 */
final class ReferenceRoutes {
    /**
     * What a route gave.
     *
     * @param name the route and the stride
     * @param output whether y is PyTorch's: the script's {@code r?}
     * @param weightGradient whether gw is: {@code dw?}
     * @param inputGradient whether gx is: {@code dx?}
     */
    record Answer(String name, boolean output, boolean weightGradient, boolean inputGradient) {
        boolean isRight() {
            return output && weightGradient && inputGradient;
        }
    }

    private ReferenceRoutes() {}

    /** All routes at strides 1 and 2. */
    static List<Answer> run(GoldenCases cases, Blas blas) throws IOException {
        List<Answer> answers = new ArrayList<>();
        for (int stride = 1; stride <= 2; stride++) {
            try (Arena arena = Arena.ofConfined()) {
                GoldenCase golden = cases.named("seed-stride" + stride);
                answers.addAll(run(golden, cases.load(golden, arena), blas, arena, stride));
            }
        }
        return answers;
    }

    private static List<Answer> run(
            GoldenCase golden, GoldenCase.Arrays arrays, Blas blas, Arena arena, int stride) {
        Tensor x = arrays.x();
        Tensor w = arrays.w();
        Tensor gy = arrays.gy();
        Conv2d convolution = golden.convolution(Algorithm.IM2COL);
        Conv2dGeometry geometry = convolution.geometry(x.shape(), w.shape());
        return List.of(
                new Answer(
                        "index route, stride " + stride,
                        equal(IndexRoute.forward(geometry, x, w, blas, arena), arrays.y()),
                        equal(IndexRoute.backwardWeight(geometry, x, gy, blas, arena), arrays.gw()),
                        equal(IndexRoute.backwardInput(geometry, w, gy, blas, arena), arrays.gx())),
                new Answer(
                        "strided window route, stride " + stride,
                        equal(WindowRoute.forward(geometry, x, w, blas, arena), arrays.y()),
                        equal(
                                WindowRoute.backwardWeight(geometry, x, gy, blas, arena),
                                arrays.gw()),
                        equal(
                                WindowRoute.backwardInput(geometry, w, gy, blas, arena),
                                arrays.gx())),
                new Answer(
                        "Conv2d IM2COL, stride " + stride,
                        equal(convolution.forward(x, w, null, arena), arrays.y()),
                        equal(convolution.backwardWeight(x, gy, w.shape(), arena), arrays.gw()),
                        equal(convolution.backwardInput(w, gy, x.shape(), arena), arrays.gx())));
    }

    private static boolean equal(Tensor actual, Npy.Doubles expected) {
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            return false;
        }
        float[] values = actual.toArray();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != expected.values()[i]) {
                return false;
            }
        }
        return true;
    }
}
