/** SSH public keys: parsing, validation and fingerprints. */
@NullMarked
package io.gerve.keylookup.key;

import org.jspecify.annotations.NullMarked;
