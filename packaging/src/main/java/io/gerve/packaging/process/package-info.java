/** Programs that run beside this one: started, watched, and ended with it. */
@NullMarked
package io.gerve.packaging.process;

import org.jspecify.annotations.NullMarked;
