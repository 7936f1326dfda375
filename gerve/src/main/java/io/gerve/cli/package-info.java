/** The command line with which an operator runs a Git host: accounts, keys, repositories, rights, routes. */
@NullMarked
package io.gerve.cli;

import org.jspecify.annotations.NullMarked;
