/** A whole site on the loopback address, put together from the distribution: gates, file servers, and people's keys. */
@NullMarked
package io.gerve.testbed.site;

import org.jspecify.annotations.NullMarked;
