/** {@code packaging/git-tests}: git's own tests, with repositories that git reaches through the gate. */
@NullMarked
package io.gerve.testbed.gittests;

import org.jspecify.annotations.NullMarked;
