/** The {@code gerve-keylookup} program. */
@NullMarked
package io.gerve.keyservice;

import org.jspecify.annotations.NullMarked;
