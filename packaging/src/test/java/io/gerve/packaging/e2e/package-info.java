/** The assembled distribution as its users meet it: stock git and OpenSSH on one side, stock sshd and git-shell on the other. */
@NullMarked
package io.gerve.packaging.e2e;

import org.jspecify.annotations.NullMarked;
