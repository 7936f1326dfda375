/** Values of options and arguments, and their parsers. */
@NullMarked
package io.gerve.cli.option;

import org.jspecify.annotations.NullMarked;
