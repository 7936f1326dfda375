/** Pool of authenticated SSH sessions to the file servers; each session runs one git command at a time. */
@NullMarked
package io.gerve.fileserver;

import org.jspecify.annotations.NullMarked;
