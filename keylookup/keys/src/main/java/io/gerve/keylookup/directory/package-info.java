/** Who registered which key, as a login needs to know it. */
@NullMarked
package io.gerve.keylookup.directory;

import org.jspecify.annotations.NullMarked;
