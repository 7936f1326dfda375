/** A site as one of its doors has it: everything that decides and remembers, put together once for both. */
@NullMarked
package io.gerve.site;

import org.jspecify.annotations.NullMarked;
