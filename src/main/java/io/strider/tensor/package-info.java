/**
 * Off-heap tensors: float32 elements addressed by shape and strides over a {@link
 * java.lang.foreign.MemorySegment}.
 *
 * <p>A {@link io.strider.tensor.Tensor} never owns memory. The caller hands in an {@link
 * java.lang.foreign.Arena}, or a segment, buffer or file that lives in one, and decides by closing
 * the arena when the memory is given back:
 *
 * {@snippet :
 * try (Arena arena = Arena.ofConfined()) {
 *     Tensor x = Tensor.of(arena, new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 *     Tensor columns = x.permute(1, 0);            // a view: same memory, other strides
 *     Tensor middle = columns.slice(0, 1, 3);      // rows 1 and 2 of the transposed matrix
 *     Tensor packed = middle.contiguous(arena);    // a copy in row-major order
 *     Npy.write(Path.of("middle.npy"), packed);
 * }
 * }
 *
 * <p>Rules that hold everywhere in the package:
 *
 * <ul>
 *   <li>Sizes, strides and offsets are {@code long} and count elements, never bytes. A tensor has
 *       rank 0 (one element) to 8. A size may be 0; the tensor is then empty.
 *   <li>Strides are never negative. A stride of 0 repeats an element ({@link
 *       io.strider.tensor.Tensor#expand}).
 *   <li>Views ({@code slice}, {@code permute}, {@code reshape}, …) share memory and copy nothing;
 *       their bounds are proven when they are made. Copies ({@code contiguous}, {@code toArray})
 *       say so in their description.
 *   <li>A bad argument is an {@link java.lang.IllegalArgumentException} that names the argument,
 *       its value and the rule, thrown before anything is written. Memory whose arena has been
 *       closed is an {@link java.lang.IllegalStateException}, memory of another thread's confined
 *       arena a {@link java.lang.WrongThreadException}.
 *   <li>Tensors are immutable apart from their elements and may be shared between threads; access
 *       to the elements is not synchronised.
 * </ul>
 */
@NullMarked
package io.strider.tensor;

import org.jspecify.annotations.NullMarked;
