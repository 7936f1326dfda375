@NullMarked
package io.gerve.agent;

import org.jspecify.annotations.NullMarked;
