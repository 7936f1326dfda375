/** The facts that decide about access, as they are now or were at a time in the past. */
@NullMarked
package io.gerve.audit.snapshot;

import org.jspecify.annotations.NullMarked;
