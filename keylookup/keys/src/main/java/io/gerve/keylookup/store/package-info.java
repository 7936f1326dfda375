/** Registered keys in the database: adding, revoking, deleting and listing them. */
@NullMarked
package io.gerve.keylookup.store;

import org.jspecify.annotations.NullMarked;
