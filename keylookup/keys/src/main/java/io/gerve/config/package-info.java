/**
 * The TOML file that configures every program. Each setting has a unit, a range and a default, and every error is
 * reported at start.
 */
@NullMarked
package io.gerve.config;

import org.jspecify.annotations.NullMarked;
