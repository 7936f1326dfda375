/** Access tokens of accounts and services: their form, their scopes and their store. */
@NullMarked
package io.gerve.keylookup.token;

import org.jspecify.annotations.NullMarked;
