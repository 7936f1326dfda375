/** Access of git-lfs to the LFS server of the site. */
@NullMarked
package io.gerve.lfs;

import org.jspecify.annotations.NullMarked;
