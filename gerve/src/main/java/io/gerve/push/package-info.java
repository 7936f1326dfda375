/** Observation of pushes: reads commands and report while the bytes pass through. */
@NullMarked
package io.gerve.push;

import org.jspecify.annotations.NullMarked;
