/** What every program that runs for long has: an orderly end, and a name for each request. */
@NullMarked
package io.gerve.program;

import org.jspecify.annotations.NullMarked;
