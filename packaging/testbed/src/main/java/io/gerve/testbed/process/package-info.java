/** Child processes of this JVM, which end with it. */
@NullMarked
package io.gerve.testbed.process;

import org.jspecify.annotations.NullMarked;
