/** What a site requires of keys beyond being well-formed. */
@NullMarked
package io.gerve.keylookup.policy;

import org.jspecify.annotations.NullMarked;
