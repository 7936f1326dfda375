/** A file server in a folder: the same git-shell, settings and commands as on a real one, for one login, on the loopback address. */
@NullMarked
package io.gerve.testbed.fileserver;

import org.jspecify.annotations.NullMarked;
