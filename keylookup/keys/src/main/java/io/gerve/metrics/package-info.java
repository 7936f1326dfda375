/** Metrics and health of a program, for Prometheus and load balancers. */
@NullMarked
package io.gerve.metrics;

import org.jspecify.annotations.NullMarked;
