/** Refused logins, recorded in the access log. */
@NullMarked
package io.gerve.login;

import org.jspecify.annotations.NullMarked;
