/** Tests of the server's HTTP side. */
@NullMarked
package io.strider.server.http;

import org.jspecify.annotations.NullMarked;
