@NullMarked
package io.gerve.admin;

import org.jspecify.annotations.NullMarked;
