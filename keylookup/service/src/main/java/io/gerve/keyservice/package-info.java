/** The {@code gerve-keylookup} program: settings page and REST API for SSH keys. */
@NullMarked
package io.gerve.keyservice;

import org.jspecify.annotations.NullMarked;
