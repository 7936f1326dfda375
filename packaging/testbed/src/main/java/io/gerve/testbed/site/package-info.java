/** Whole site on the loopback address, assembled from the distribution: gates, file servers, and users' keys. */
@NullMarked
package io.gerve.testbed.site;

import org.jspecify.annotations.NullMarked;
