/** The database: its schema, the way to it, and how the one is brought up to date. */
@NullMarked
package io.gerve.sql;

import org.jspecify.annotations.NullMarked;
