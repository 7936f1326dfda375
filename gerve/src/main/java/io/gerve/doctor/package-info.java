/** Checks of a site: each finds out whether one part is sound, and says what is wrong, where, and what to do. */
@NullMarked
package io.gerve.doctor;

import org.jspecify.annotations.NullMarked;
