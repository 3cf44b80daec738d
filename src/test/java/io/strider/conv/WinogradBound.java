package io.strider.conv;

/**
 * How far Winograd's result may be from the true sum whatever the operands: γ<sub>C + {@value
 * #ROUNDINGS}</sub>·M with
 *
 * <pre>
 *   M = |Aᵀ| [ Σ over c of (|G||g||Gᵀ|) ⊙ (|Bᵀ||d||B|) ] |A| + |bias| + |residual|
 * </pre>
 *
 * <p>Each term of the computed result has met at most one rounding of the weights (double precision
 * before it), C of the product, four in each of two passes of the input transform (four elements
 * other than zero in a row of Bᵀ, every element an exact float), five in each of two passes of the
 * output transform, and two for bias and residual: C + 21, and the rest for double precision
 * (Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, section 3.1).
 */
final class WinogradBound {
    static final int ROUNDINGS = 24;

    private WinogradBound() {}

    /** M without bias and residual, N×O×OH×OW. */
    static double[] magnitudes(WinogradTile tile, Conv2dGeometry geometry, double[] x, double[] w) {
        int channels = (int) geometry.inChannels();
        int outputs = (int) geometry.outChannels();
        int size = tile.inputs();
        int height = (int) geometry.outHeight();
        int width = (int) geometry.outWidth();
        double[][] weights = new double[outputs * channels][];
        for (int at = 0; at < weights.length; at++) {
            double[] window = new double[9];
            for (int k = 0; k < 9; k++) {
                window[k] = Math.abs(w[at * 9 + k]);
            }
            weights[at] = both(size, 3, tile::weight, window);
        }
        double[] result = new double[(int) geometry.batch() * outputs * height * width];
        for (int n = 0; n < geometry.batch(); n++) {
            for (int row = 0; row < height; row += tile.outputs()) {
                for (int column = 0; column < width; column += tile.outputs()) {
                    double[][] inputs = new double[channels][];
                    for (int c = 0; c < channels; c++) {
                        double[] d = inputs(tile, geometry, x, n * channels + c, row, column);
                        inputs[c] = both(size, size, tile::input, d);
                    }
                    for (int o = 0; o < outputs; o++) {
                        double[] products = new double[size * size];
                        for (int c = 0; c < channels; c++) {
                            for (int k = 0; k < products.length; k++) {
                                products[k] += weights[o * channels + c][k] * inputs[c][k];
                            }
                        }
                        double[] sums = both(tile.outputs(), size, tile::output, products);
                        for (int i = 0; i < Math.min(tile.outputs(), height - row); i++) {
                            for (int j = 0; j < Math.min(tile.outputs(), width - column); j++) {
                                int at = (n * outputs + o) * height + row + i;
                                result[at * width + column + j] = sums[i * tile.outputs() + j];
                            }
                        }
                    }
                }
            }
        }
        return result;
    }

    private static double[] inputs(
            WinogradTile tile,
            Conv2dGeometry geometry,
            double[] x,
            int plane,
            int row,
            int column) {
        int size = tile.inputs();
        int height = (int) geometry.inHeight();
        int width = (int) geometry.inWidth();
        double[] inputs = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                int h = row + i - (int) geometry.padding().top();
                int v = column + j - (int) geometry.padding().left();
                if (h >= 0 && h < height && v >= 0 && v < width) {
                    inputs[i * size + j] = Math.abs(x[(plane * height + h) * width + v]);
                }
            }
        }
        return inputs;
    }

    private interface Matrix {
        double at(int row, int column);
    }

    /** |T| m |Tᵀ| for a matrix T of {@code rows} × {@code columns}. */
    private static double[] both(int rows, int columns, Matrix t, double[] m) {
        double[] left = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < columns; k++) {
                    left[i * columns + j] += Math.abs(t.at(i, k)) * m[k * columns + j];
                }
            }
        }
        double[] result = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                for (int k = 0; k < columns; k++) {
                    result[i * rows + j] += left[i * columns + k] * Math.abs(t.at(j, k));
                }
            }
        }
        return result;
    }
}
