/** How answers are printed: as tables, as JSON and as CSV. */
@NullMarked
package io.gerve.cli.output;

import org.jspecify.annotations.NullMarked;
