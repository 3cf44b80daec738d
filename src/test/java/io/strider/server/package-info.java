/** The whole server under what goes wrong. */
@NullMarked
package io.strider.server;

import org.jspecify.annotations.NullMarked;
