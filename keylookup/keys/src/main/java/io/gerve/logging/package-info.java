/** Where the programs log to, in which form, and with what escaped. */
@NullMarked
package io.gerve.logging;

import org.jspecify.annotations.NullMarked;
