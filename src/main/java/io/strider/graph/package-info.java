/**
 * The network runtime: a graph of operators, what is fused and folded in it, the plan of its memory
 * and the session that runs it.
 *
 * <p>A {@link io.strider.graph.Graph} is nodes over named values. Each {@link
 * io.strider.graph.Node} applies an {@link io.strider.graph.Operator}, which says what types come
 * out, computes them plainly on arrays, and makes a quick {@link io.strider.graph.Kernel} where it
 * has one.
 */
@NullMarked
package io.strider.graph;

import org.jspecify.annotations.NullMarked;
