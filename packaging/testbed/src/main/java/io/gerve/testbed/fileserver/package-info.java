/**
 * File servers on the loopback address, each in one folder, with the git-shell, settings and commands of a real one.
 */
@NullMarked
package io.gerve.testbed.fileserver;

import org.jspecify.annotations.NullMarked;
