/** The {@code gerve-keylookup} program. */
@NullMarked
package io.gerve.keylookup;

import org.jspecify.annotations.NullMarked;
