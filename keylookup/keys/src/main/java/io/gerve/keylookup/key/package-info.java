/** SSH public keys: reading them, naming them, and who holds which. */
@NullMarked
package io.gerve.keylookup.key;

import org.jspecify.annotations.NullMarked;
