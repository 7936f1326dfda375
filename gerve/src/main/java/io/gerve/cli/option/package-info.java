/** The values of options and arguments, as people write them. */
@NullMarked
package io.gerve.cli.option;

import org.jspecify.annotations.NullMarked;
