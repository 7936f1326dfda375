/** The database: its schema, the migrations of the schema, and the connection pool. */
@NullMarked
package io.gerve.sql;

import org.jspecify.annotations.NullMarked;
