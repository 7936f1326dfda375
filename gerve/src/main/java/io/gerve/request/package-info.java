/** Requests: authorization before any git data flows, messages to the client, and records. */
@NullMarked
package io.gerve.request;

import org.jspecify.annotations.NullMarked;
