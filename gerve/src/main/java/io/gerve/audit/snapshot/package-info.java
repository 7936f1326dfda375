/** Snapshots of the facts that decide about access, now or at a past time. */
@NullMarked
package io.gerve.audit.snapshot;

import org.jspecify.annotations.NullMarked;
