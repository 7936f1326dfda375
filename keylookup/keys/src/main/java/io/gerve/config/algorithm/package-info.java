/** Lists of SSH algorithms, as the configuration names them. */
@NullMarked
package io.gerve.config.algorithm;

import org.jspecify.annotations.NullMarked;
