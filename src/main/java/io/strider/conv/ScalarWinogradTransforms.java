package io.strider.conv;

import java.lang.foreign.MemorySegment;

/** By the matrices themselves, one channel at a time. */
final class ScalarWinogradTransforms implements WinogradTransforms {
    private final int inputs;
    private final int outputs;
    private final float[][] inputMatrix;
    private final float[][] outputMatrix;

    ScalarWinogradTransforms(WinogradTile tile) {
        inputs = tile.inputs();
        outputs = tile.outputs();
        inputMatrix = new float[inputs][inputs];
        outputMatrix = new float[outputs][inputs];
        for (int column = 0; column < inputs; column++) {
            for (int row = 0; row < inputs; row++) {
                inputMatrix[row][column] = (float) tile.input(row, column);
            }
            for (int row = 0; row < outputs; row++) {
                outputMatrix[row][column] = (float) tile.output(row, column);
            }
        }
    }

    @Override
    public int lanes() {
        return 1;
    }

    /** Σ matrix row · elements; elements that the row leaves out are not read. */
    private static float product(float[] row, MemorySegment from, long at, long step) {
        float sum = 0;
        for (int k = 0; k < row.length; k++) {
            if (row[k] != 0) {
                sum += row[k] * Runs.get(from, at + k * step);
            }
        }
        return sum;
    }

    @Override
    public void input(
            MemorySegment x,
            long at,
            long rowStep,
            long pixelStep,
            int channels,
            MemorySegment v,
            long vAt,
            long step,
            MemorySegment between,
            long betweenAt) {
        for (int c = 0; c < channels; c++) {
            for (int j = 0; j < inputs; j++) {
                for (int i = 0; i < inputs; i++) {
                    float sum = product(inputMatrix[i], x, at + j * pixelStep + c, rowStep);
                    Runs.set(between, betweenAt + (long) i * inputs + j, sum);
                }
            }
            for (int i = 0; i < inputs; i++) {
                for (int j = 0; j < inputs; j++) {
                    float sum = product(inputMatrix[j], between, betweenAt + (long) i * inputs, 1);
                    Runs.set(v, vAt + (i * inputs + j) * step + c, sum);
                }
            }
        }
    }

    @Override
    public void output(
            MemorySegment m,
            long mAt,
            long step,
            int channels,
            Epilogue epilogue,
            long first,
            MemorySegment residual,
            long residualAt,
            long residualRowStep,
            long residualPixelStep,
            MemorySegment y,
            long yAt,
            long yRowStep,
            long yPixelStep,
            MemorySegment between,
            long betweenAt) {
        for (int c = 0; c < channels; c++) {
            for (int j = 0; j < inputs; j++) {
                for (int i = 0; i < outputs; i++) {
                    float sum = product(outputMatrix[i], m, mAt + j * step + c, inputs * step);
                    Runs.set(between, betweenAt + (long) i * inputs + j, sum);
                }
            }
            float shift = Runs.get(epilogue.bias, first + c);
            for (int i = 0; i < outputs; i++) {
                for (int j = 0; j < outputs; j++) {
                    float sum = product(outputMatrix[j], between, betweenAt + (long) i * inputs, 1);
                    long added = residualAt + i * residualRowStep + j * residualPixelStep + c;
                    sum += shift + Runs.get(residual, added);
                    sum = Math.min(Math.max(sum, epilogue.low), epilogue.high);
                    Runs.set(y, yAt + i * yRowStep + j * yPixelStep + c, sum);
                }
            }
        }
    }
}
