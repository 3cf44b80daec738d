/** The load generator against servers whose every answer is known. */
@NullMarked
package io.strider.server.load;

import org.jspecify.annotations.NullMarked;
