/** Parts that every service shares: orderly shutdown, the check of the database schema, and request ids. */
@NullMarked
package io.gerve.program;

import org.jspecify.annotations.NullMarked;
