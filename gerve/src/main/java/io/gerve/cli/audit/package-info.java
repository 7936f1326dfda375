/** {@code gerve audit}: who has access to what, now and in the past, and the access log. */
@NullMarked
package io.gerve.cli.audit;

import org.jspecify.annotations.NullMarked;
