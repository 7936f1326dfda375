@NullMarked
package io.gerve.cli;

import org.jspecify.annotations.NullMarked;
