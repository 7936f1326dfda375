/** Printing of results as tables, JSON and CSV. */
@NullMarked
package io.gerve.cli.output;

import org.jspecify.annotations.NullMarked;
