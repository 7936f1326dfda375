/** Creation, renaming and removal of repository folders on the file servers. */
@NullMarked
package io.gerve.cli.fileserver;

import org.jspecify.annotations.NullMarked;
