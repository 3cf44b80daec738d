package io.strider.conv;

/**
 * The minimal filtering algorithms F(m×m, 3×3): an m×m tile of outputs of a 3×3 window from an
 * (m+2)×(m+2) tile of inputs by (m+2)² products a channel instead of 9·m² (Lavin and Gray, <i>Fast
 * Algorithms for Convolutional Neural Networks</i>, 2016, section 4.1):
 *
 * <pre>
 *   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 * </pre>
 *
 * with g the weights, d the inputs and ⊙ the product element by element.
 *
 * <p>The matrices come from interpolation at 0, ±a, ±b and ∞. Lavin and Gray take ±1 and ±2 for
 * F(4×4, 3×3); the points here are ±3/4 and ±3/2, which halve the error: 0.8 instead of 1.7
 * u·Σ|a||b| (root mean square, 256 channels, normal values), 2.9 instead of 4.5 (values of one
 * sign), with 64 channels 10 instead of 31 at worst; ±1 and ±½ are no better than ±1 and ±2, and
 * ±√½ and ±√2 no better than ±3/4 and ±3/2, whose powers are exact floats besides. The points
 * matter more than anything else (Barabasz, Anderson, Soodhalter and Gregg, <i>Error Analysis and
 * Improving the Accuracy of Winograd Convolution for Deep Neural Networks</i>, 2020).
 */
@SuppressWarnings("ImmutableEnumChecker") // arrays that nobody writes
enum WinogradTile {
    /** F(2×2, 3×3): 2.25 times fewer products, error like direct's. Points 0, ±1, ∞. */
    F2(
            new double[][] {
                {1, 0, -1, 0},
                {0, 1, 1, 0},
                {0, -1, 1, 0},
                {0, -1, 0, 1},
            },
            new double[][] {
                {1, 0, 0},
                {0.5, 0.5, 0.5},
                {0.5, -0.5, 0.5},
                {0, 0, 1},
            },
            new double[][] {
                {1, 1, 1, 0},
                {0, 1, -1, 1},
            }),

    /** F(4×4, 3×3): 4 times fewer products, a few times direct's error. Points 0, ±a, ±b, ∞. */
    F4(inputMatrix(), weightMatrix(), outputMatrix());

    /** The inner pair of points of {@link #F4}. */
    static final double A = 0.75;

    /** The outer pair. */
    static final double B = 1.5;

    private final double[][] inputMatrix;
    private final double[][] weightMatrix;
    private final double[][] outputMatrix;

    WinogradTile(double[][] inputMatrix, double[][] weightMatrix, double[][] outputMatrix) {
        this.inputMatrix = inputMatrix;
        this.weightMatrix = weightMatrix;
        this.outputMatrix = outputMatrix;
    }

    /** Rows and columns of outputs, m. */
    int outputs() {
        return outputMatrix.length;
    }

    /** Rows and columns of inputs, m + 2. */
    int inputs() {
        return inputMatrix.length;
    }

    /** Products a channel, (m + 2)²: as many matrices are multiplied. */
    int positions() {
        return inputs() * inputs();
    }

    /** Bᵀ, (m + 2) × (m + 2). */
    double input(int row, int column) {
        return inputMatrix[row][column];
    }

    /** G, (m + 2) × 3. */
    double weight(int row, int column) {
        return weightMatrix[row][column];
    }

    /** Aᵀ, m × (m + 2). */
    double output(int row, int column) {
        return outputMatrix[row][column];
    }

    private static double[][] inputMatrix() {
        double a = A;
        double b = B;
        return new double[][] {
            {a * a * b * b, 0, -(a * a + b * b), 0, 1, 0},
            {0, -a * b * b, -b * b, a, 1, 0},
            {0, a * b * b, -b * b, -a, 1, 0},
            {0, -b * a * a, -a * a, b, 1, 0},
            {0, b * a * a, -a * a, -b, 1, 0},
            {0, a * a * b * b, 0, -(a * a + b * b), 0, 1},
        };
    }

    /** Row p is (1, p, p²) / ∏ (p − q) over the other points q; the row of ∞ is (0, 0, 1). */
    private static double[][] weightMatrix() {
        double zero = A * A * B * B;
        double inner = 2 * A * A * (A * A - B * B);
        double outer = 2 * B * B * (B * B - A * A);
        return new double[][] {
            {1 / zero, 0, 0},
            {1 / inner, A / inner, A * A / inner},
            {1 / inner, -A / inner, A * A / inner},
            {1 / outer, B / outer, B * B / outer},
            {1 / outer, -B / outer, B * B / outer},
            {0, 0, 1},
        };
    }

    private static double[][] outputMatrix() {
        double a = A;
        double b = B;
        return new double[][] {
            {1, 1, 1, 1, 1, 0},
            {0, a, -a, b, -b, 0},
            {0, a * a, a * a, b * b, b * b, 0},
            {0, a * a * a, -a * a * a, b * b * b, -b * b * b, 1},
        };
    }
}
