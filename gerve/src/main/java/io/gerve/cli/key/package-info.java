/** {@code gerve key} and {@code gerve import}: keys, one by one and from files. */
@NullMarked
package io.gerve.cli.key;

import org.jspecify.annotations.NullMarked;
