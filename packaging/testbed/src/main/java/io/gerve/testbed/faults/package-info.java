/** {@code packaging/faults}: what happens to a site, and what others notice, when something goes wrong or somebody attacks. */
@NullMarked
package io.gerve.testbed.faults;

import org.jspecify.annotations.NullMarked;
