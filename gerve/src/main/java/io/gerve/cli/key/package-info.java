/** {@code gerve key} and {@code gerve import}. */
@NullMarked
package io.gerve.cli.key;

import org.jspecify.annotations.NullMarked;
