/** Composition of the components that all frontends of a site share. */
@NullMarked
package io.gerve.site;

import org.jspecify.annotations.NullMarked;
