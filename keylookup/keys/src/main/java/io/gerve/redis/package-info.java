/** Connections to Redis. */
@NullMarked
package io.gerve.redis;

import org.jspecify.annotations.NullMarked;
