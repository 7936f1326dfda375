/** Key policy of a site: requirements on keys beyond a valid encoding. */
@NullMarked
package io.gerve.keylookup.policy;

import org.jspecify.annotations.NullMarked;
