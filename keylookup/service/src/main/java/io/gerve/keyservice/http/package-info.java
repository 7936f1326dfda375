/** HTTP listener, dispatch of requests to handlers, rate limits and metrics. */
@NullMarked
package io.gerve.keyservice.http;

import org.jspecify.annotations.NullMarked;
