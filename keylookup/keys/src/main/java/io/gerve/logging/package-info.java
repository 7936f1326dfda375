/** Configuration, layout and escaping of the programs' logs. */
@NullMarked
package io.gerve.logging;

import org.jspecify.annotations.NullMarked;
