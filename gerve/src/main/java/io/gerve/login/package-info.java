/** Logins that were refused, for the access log. */
@NullMarked
package io.gerve.login;

import org.jspecify.annotations.NullMarked;
