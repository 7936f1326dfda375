/** Metrics of SSH connections and logins. */
@NullMarked
package io.gerve.ssh.metrics;

import org.jspecify.annotations.NullMarked;
