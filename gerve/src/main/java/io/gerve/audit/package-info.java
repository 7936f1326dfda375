/** Who can reach what, through which grants, now and in the past; and what is amiss with keys and routes. */
@NullMarked
package io.gerve.audit;

import org.jspecify.annotations.NullMarked;
