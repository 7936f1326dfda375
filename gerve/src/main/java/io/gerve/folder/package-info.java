/** Folders of repositories on the file servers, which the command {@code gerve-repository} there changes. */
@NullMarked
package io.gerve.folder;

import org.jspecify.annotations.NullMarked;
