/**
 * The server's HTTP side, on Helidon: what every request goes through before and after the service
 * that answers it.
 *
 * <p>A protocol is an {@code HttpService} of its own, listed in {@link
 * io.strider.server.http.ProtocolServices}; it knows nothing of limits, keys, logs or error forms.
 * It takes its body and its {@code Call} from {@link io.strider.server.http.RequestContext}, and
 * refuses by throwing.
 */
@NullMarked
package io.strider.server.http;

import org.jspecify.annotations.NullMarked;
