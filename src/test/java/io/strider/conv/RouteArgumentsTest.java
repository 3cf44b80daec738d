package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Im2col}, {@link Col2im} and the routes refuse, before anything is written. */
class RouteArgumentsTest {
    private static final float CANARY = -3.25f;

    private final Arena arena = Arena.ofShared();
    private final Conv2dGeometry g =
            Conv2dGeometry.builder().input(2, 4, 7, 10).kernel(6, 3, 2).build();
    private final Tensor x = filled(g.inputShape());
    private final Tensor w = filled(g.weightShape());
    private final Tensor gy = filled(g.outputShape());
    private final Tensor gx = filled(g.inputShape());
    private final Tensor matrix = filled(Im2col.matrixShape(g));
    private final Blas blas = Blas.plain();

    private Tensor filled(long... shape) {
        Tensor tensor = Tensor.zeros(arena, shape);
        tensor.fill(CANARY);
        return tensor;
    }

    @AfterEach
    void nothingWasWritten() {
        for (Tensor tensor : new Tensor[] {x, w, gy, gx, matrix}) {
            assertThat(tensor.toArray()).containsOnly(CANARY);
        }
        arena.close();
    }

    private static void refused(String start, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(start)
                .hasMessageContaining("(expected: ");
    }

    private static void missing(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    void missingArgumentsAreNamed() {
        missing("geometry", () -> Im2col.matrix(null, x, matrix));
        missing("x", () -> Im2col.matrix(g, null, matrix));
        missing("matrix", () -> Im2col.matrix(g, x, (Tensor) null));
        missing("arena", () -> Im2col.matrix(g, x, (Arena) null));
        missing("geometry", () -> Im2col.matrixShape(null));
        missing("geometry", () -> Im2col.indices(null));
        missing("geometry", () -> Col2im.accumulate(null, matrix, gx));
        missing("matrix", () -> Col2im.accumulate(g, null, gx));
        missing("gx", () -> Col2im.accumulate(g, matrix, null));
        missing("geometry", () -> WindowRoute.view(null, x));
        missing("x", () -> WindowRoute.view(g, null));
    }

    @Test
    void missingArgumentsOfTheIndexRouteAreNamed() {
        missing("geometry", () -> IndexRoute.forward(null, x, w, blas, arena));
        missing("x", () -> IndexRoute.forward(g, null, w, blas, arena));
        missing("weight", () -> IndexRoute.forward(g, x, null, blas, arena));
        missing("blas", () -> IndexRoute.forward(g, x, w, null, arena));
        missing("arena", () -> IndexRoute.forward(g, x, w, blas, null));
        missing("gy", () -> IndexRoute.backwardWeight(g, x, null, blas, arena));
        missing("blas", () -> IndexRoute.backwardWeight(g, x, gy, null, arena));
        missing("arena", () -> IndexRoute.backwardWeight(g, x, gy, blas, null));
        missing("weight", () -> IndexRoute.backwardInput(g, null, gy, blas, arena));
        missing("blas", () -> IndexRoute.backwardInput(g, w, gy, null, arena));
        missing("arena", () -> IndexRoute.backwardInput(g, w, gy, blas, null));
    }

    @Test
    void missingArgumentsOfTheWindowRouteAreNamed() {
        missing("geometry", () -> WindowRoute.forward(null, x, w, blas, arena));
        missing("x", () -> WindowRoute.forward(g, null, w, blas, arena));
        missing("weight", () -> WindowRoute.forward(g, x, null, blas, arena));
        missing("blas", () -> WindowRoute.forward(g, x, w, null, arena));
        missing("arena", () -> WindowRoute.forward(g, x, w, blas, null));
        missing("gy", () -> WindowRoute.backwardWeight(g, x, null, blas, arena));
        missing("blas", () -> WindowRoute.backwardWeight(g, x, gy, null, arena));
        missing("arena", () -> WindowRoute.backwardWeight(g, x, gy, blas, null));
        missing("weight", () -> WindowRoute.backwardInput(g, null, gy, blas, arena));
        missing("blas", () -> WindowRoute.backwardInput(g, w, gy, null, arena));
        missing("arena", () -> WindowRoute.backwardInput(g, w, gy, blas, null));
    }

    @Test
    void wrongShapesAreRefused() {
        Tensor narrow = x.slice(3, 0, 9);
        refused("x: shape [2, 4, 7, 9]", () -> Im2col.matrix(g, narrow, matrix));
        refused("x: shape [560]", () -> Im2col.matrix(g, x.reshape(560), arena));
        refused("matrix: shape [90, 24]", () -> Im2col.matrix(g, x, matrix.transpose(0, 1)));
        refused("matrix: shape [24, 89]", () -> Col2im.accumulate(g, matrix.slice(1, 0, 89), gx));
        refused("gx: shape [2, 4, 7, 9]", () -> Col2im.accumulate(g, matrix, gx.slice(3, 0, 9)));
        refused("x: shape [2, 4, 7, 9]", () -> WindowRoute.view(g, narrow));
        refused("x: shape [2, 4, 7, 9]", () -> IndexRoute.forward(g, narrow, w, blas, arena));
        refused(
                "weight: shape [6, 4, 2, 3]",
                () -> IndexRoute.forward(g, x, w.transpose(2, 3), blas, arena));
        refused(
                "x: shape [2, 4, 7, 9]",
                () -> IndexRoute.backwardWeight(g, narrow, gy, blas, arena));
        refused(
                "gy: shape [2, 6, 5, 8]",
                () -> IndexRoute.backwardWeight(g, x, gy.slice(3, 0, 8), blas, arena));
        refused(
                "gy: shape [1, 6, 5, 9]",
                () -> IndexRoute.backwardInput(g, w, gy.slice(0, 0, 1), blas, arena));
        refused(
                "weight: shape [5, 4, 3, 2]",
                () -> IndexRoute.backwardInput(g, w.slice(0, 0, 5), gy, blas, arena));
        refused(
                "weight: shape [5, 4, 3, 2]",
                () -> WindowRoute.forward(g, x, w.slice(0, 0, 5), blas, arena));
        refused(
                "gy: shape [1, 6, 5, 9]",
                () -> WindowRoute.backwardWeight(g, x, gy.slice(0, 0, 1), blas, arena));
        refused(
                "gy: shape [1, 6, 5, 9]",
                () -> WindowRoute.backwardInput(g, w, gy.slice(0, 0, 1), blas, arena));
    }

    @Test
    void outputsThatShareMemoryOrAreReadOnlyAreRefused(@TempDir Path folder) throws IOException {
        Tensor large = filled(3000);
        Tensor input = large.asStrided(x.shape(), x.strides(), 0);
        Tensor over = large.asStrided(matrix.shape(), matrix.strides(), 300);
        refused("matrix: shares memory with x", () -> Im2col.matrix(g, input, over));
        refused("gx: shares memory with matrix", () -> Col2im.accumulate(g, over, input));
        refused(
                "matrix: shape ",
                () -> Im2col.matrix(g, x, matrix.slice(0, 0, 1).expand(matrix.shape())));
        refused(
                "gx: shape ",
                () -> Col2im.accumulate(g, matrix, gx.slice(0, 0, 1).expand(gx.shape())));
        assertThat(large.toArray()).containsOnly(CANARY);

        Path file = folder.resolve("tensor.raw");
        byte[] zeros = new byte[24 * 90 * Float.BYTES];
        Files.write(file, zeros);
        Tensor mappedMatrix = Tensor.map(file, 0, arena, matrix.shape());
        Tensor mappedImage = Tensor.map(file, 0, arena, x.shape());
        refused("matrix: read-only", () -> Im2col.matrix(g, x, mappedMatrix));
        refused("gx: read-only", () -> Col2im.accumulate(g, matrix, mappedImage));
        assertThat(Files.readAllBytes(file)).isEqualTo(zeros);
    }

    @Test
    void closedArenasAreRefusedByName() {
        Tensor image;
        Tensor patches;
        Arena shut;
        try (Arena opened = Arena.ofShared()) {
            shut = opened;
            image = Tensor.zeros(opened, x.shape());
            patches = Tensor.zeros(opened, matrix.shape());
        }
        closed("x: ", () -> Im2col.matrix(g, image, matrix));
        closed("matrix: ", () -> Im2col.matrix(g, x, patches));
        closed("matrix: ", () -> Col2im.accumulate(g, patches, gx));
        closed("gx: ", () -> Col2im.accumulate(g, matrix, image));
        closed("x: ", () -> WindowRoute.view(g, image));
        closed("x: ", () -> IndexRoute.forward(g, image, w, blas, arena));
        closed("", () -> Im2col.matrix(g, x, shut));
        closed("", () -> IndexRoute.forward(g, x, w, blas, shut));
        closed("", () -> WindowRoute.backwardInput(g, w, gy, blas, shut));
    }

    private static void closed(String start, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(start);
    }

    @Test
    void indicesThatNoArrayHoldsAreRefused() {
        Conv2dGeometry wide =
                Conv2dGeometry.builder().input(1, 1, 1L << 16, 1L << 16).kernel(1, 1, 1).build();
        refused("positions: 4294967296", () -> Im2col.indices(wide));
        Conv2dGeometry deep =
                Conv2dGeometry.builder().input(1, 1L << 31, 1, 1).kernel(1, 1, 1).build();
        refused("rows: 2147483648", () -> Im2col.indices(deep));
    }
}
