@NullMarked
package io.gerve.accesslog;

import org.jspecify.annotations.NullMarked;
