/** Tests of who may do what with which repository. */
@NullMarked
package io.gerve.access;

import org.jspecify.annotations.NullMarked;
