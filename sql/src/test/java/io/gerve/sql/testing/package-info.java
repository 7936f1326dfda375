/** Real servers for tests and for the quickstart: each starts in well under a second and never outlives its JVM. */
@NullMarked
package io.gerve.sql.testing;

import org.jspecify.annotations.NullMarked;
