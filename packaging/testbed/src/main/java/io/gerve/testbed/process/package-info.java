/** Programs that run beside this one: started, watched, and ended with it. */
@NullMarked
package io.gerve.testbed.process;

import org.jspecify.annotations.NullMarked;
