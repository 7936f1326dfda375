/**
 * End-to-end tests of the assembled distribution, with stock git and OpenSSH as clients, and stock sshd and git-shell
 * as file servers.
 */
@NullMarked
package io.gerve.packaging.e2e;

import org.jspecify.annotations.NullMarked;
