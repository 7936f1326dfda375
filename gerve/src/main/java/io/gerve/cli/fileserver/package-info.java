/** The folders of repositories on file servers, as operators have them made, moved and removed. */
@NullMarked
package io.gerve.cli.fileserver;

import org.jspecify.annotations.NullMarked;
