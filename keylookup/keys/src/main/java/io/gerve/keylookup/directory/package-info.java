/** Look-up of registered keys and their principals at login. */
@NullMarked
package io.gerve.keylookup.directory;

import org.jspecify.annotations.NullMarked;
