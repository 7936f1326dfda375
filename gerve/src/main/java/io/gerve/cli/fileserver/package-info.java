/** Access of a command to the file servers. */
@NullMarked
package io.gerve.cli.fileserver;

import org.jspecify.annotations.NullMarked;
