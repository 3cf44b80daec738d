/** Convolutions on off-heap tensors through the system's OpenBLAS. */
module io.strider {
    requires static org.jspecify;

    exports io.strider.blas;
    exports io.strider.conv;
    exports io.strider.tensor;
}
