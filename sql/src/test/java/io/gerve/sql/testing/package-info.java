/** Real servers for tests and for the quickstart. Each starts within a second and ends with its JVM. */
@NullMarked
package io.gerve.sql.testing;

import org.jspecify.annotations.NullMarked;
