/** The tokens with which programs ask for what an account may: their form, what they allow, and the register in which they stand. */
@NullMarked
package io.gerve.keylookup.token;

import org.jspecify.annotations.NullMarked;
