/** A site to try: everything real, everything on the loopback address, gone when it is stopped. */
@NullMarked
package io.gerve.packaging.quickstart;

import org.jspecify.annotations.NullMarked;
