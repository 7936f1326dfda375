@NullMarked
package io.gerve.audit.log;

import org.jspecify.annotations.NullMarked;
