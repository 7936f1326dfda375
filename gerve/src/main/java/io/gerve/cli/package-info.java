/** Command line of an operator: accounts, keys, repositories, permissions, routes. */
@NullMarked
package io.gerve.cli;

import org.jspecify.annotations.NullMarked;
