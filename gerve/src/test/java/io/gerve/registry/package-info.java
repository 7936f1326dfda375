@NullMarked
package io.gerve.registry;

import org.jspecify.annotations.NullMarked;
