/**
 * The operators of a network, one record each: attributes, the types that come out, the plain
 * computation and, where there is one, the quick kernel.
 */
@NullMarked
package io.strider.graph.operator;

import org.jspecify.annotations.NullMarked;
