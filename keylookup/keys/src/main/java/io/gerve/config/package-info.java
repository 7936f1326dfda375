/** The one TOML file that configures every program: each setting has a unit, a range and a default, and every mistake is found at start. */
@NullMarked
package io.gerve.config;

import org.jspecify.annotations.NullMarked;
