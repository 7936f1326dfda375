/** The algorithms that the SSH frontend offers, and its host keys. */
@NullMarked
package io.gerve.ssh.algorithm;

import org.jspecify.annotations.NullMarked;
