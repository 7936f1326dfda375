/** The REST API for keys: GitHub's own, so that the tools people have manage keys here too. */
@NullMarked
package io.gerve.keyservice.api;

import org.jspecify.annotations.NullMarked;
