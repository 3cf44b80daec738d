/**
 * Two-dimensional convolution, forward and backward, on off-heap tensors.
 *
 * <p>{@link io.strider.conv.Conv2d} is the way in: it holds stride, padding, dilation, groups and
 * the algorithm, and computes the output and the three gradients. What it computes is the
 * cross-correlation that PyTorch's {@code conv2d} and ONNX's {@code Conv} mean by convolution:
 *
 * <pre>
 *   y[n, o, p, q] = b[o] + Σ over c, i, j of
 *       x[n, g·C/G + c, p·strideHeight + i·dilationHeight − top, q·strideWidth + j·dilationWidth − left] · w[o, c, i, j]
 * </pre>
 *
 * with g the group of the output channel o and x zero outside its borders.
 *
 * <p>{@link io.strider.conv.PreparedConv2d} computes the same with weights that were packed or
 * transformed once, for servers: its algorithms are {@link io.strider.conv.Algorithm}'s.
 *
 * <p>The same sum is written several times, from the plainest to the quickest, and the tests hold
 * them against each other:
 *
 * <ul>
 *   <li>{@link io.strider.conv.Algorithm#DIRECT}: the loops of the formula, in double precision.
 *   <li>{@link io.strider.conv.IndexRoute}: the whole matrix of patches ({@link
 *       io.strider.conv.Im2col}), one product, and {@link io.strider.conv.Col2im} for the way back.
 *   <li>{@link io.strider.conv.WindowRoute}: the patches as a six-dimensional strided view that
 *       copies nothing, and tensor contractions over it.
 *   <li>{@link io.strider.conv.Algorithm#IM2COL} and {@link io.strider.conv.Algorithm#POINTWISE}:
 *       tile by tile through {@link io.strider.blas.Blas}.
 *   <li>{@link io.strider.conv.Algorithm#WINOGRAD} and {@link io.strider.conv.Algorithm#DEPTHWISE}:
 *       fewer products, and none of GEMM's.
 * </ul>
 */
@NullMarked
package io.strider.conv;

import org.jspecify.annotations.NullMarked;
