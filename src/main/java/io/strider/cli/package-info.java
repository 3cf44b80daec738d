/**
 * The command line: {@code strider check}, {@code conv2d}, {@code im2col}, {@code col2im}, {@code
 * info} and {@code demo}.
 *
 * <p>{@link io.strider.cli.Strider} is the main class; each command is a class of its own, and
 * options that several commands share are picocli mixins. What every command keeps to:
 *
 * <ul>
 *   <li>Tensors come from and go to {@code .npy} files, always N×C×H×W and O×C×H×W. A command
 *       computes all its results first, then writes all files under temporary names, then moves
 *       them: either all appear or none.
 *   <li>Text that was asked for ({@code check}, {@code info}, {@code demo}, help) goes to standard
 *       output. Everything else, the line that tells what was done included, goes to standard
 *       error.
 *   <li>The exit code is 0 when it is done, 2 for bad arguments or bad input, 3 when it is done but
 *       for some pictures that could not be read, 1 for a failure that is not the caller's: a check
 *       that did not pass, an OpenBLAS that cannot be had, memory that ran out. A failure is one
 *       line, {@code strider: …}; {@code --verbose} adds the stack trace.
 * </ul>
 */
@NullMarked
package io.strider.cli;

import org.jspecify.annotations.NullMarked;
