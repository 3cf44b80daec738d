package io.strider.server.http;

import java.time.Duration;

/**
 * What one connection may take.
 *
 * @param idleTime how long it may be silent between requests
 * @param headerTime how long a request's line and headers may take from their first byte
 * @param writeTime how long an answer may take beyond the request's deadline
 * @param maxBody bytes of a body
 */
record ConnectionLimits(Duration idleTime, Duration headerTime, Duration writeTime, long maxBody) {}
