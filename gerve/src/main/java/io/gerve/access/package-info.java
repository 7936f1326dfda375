/** Access control: decides what a principal may do with a repository, and by which rule. */
@NullMarked
package io.gerve.access;

import org.jspecify.annotations.NullMarked;
