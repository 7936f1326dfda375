/** One request before a byte of git flows: who asks, what for, whether they may, and where it is. */
@NullMarked
package io.gerve.request;

import org.jspecify.annotations.NullMarked;
