/** Tests of access control. */
@NullMarked
package io.gerve.access;

import org.jspecify.annotations.NullMarked;
