/** A site to try: everything real, everything on the loopback address, gone when it is stopped. */
@NullMarked
package io.gerve.testbed.quickstart;

import org.jspecify.annotations.NullMarked;
