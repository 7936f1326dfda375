/** Who may do what with which repository, and why. */
@NullMarked
package io.gerve.access;

import org.jspecify.annotations.NullMarked;
