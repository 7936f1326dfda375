/** The REST API for keys. It is compatible with GitHub's, so that existing clients work. */
@NullMarked
package io.gerve.keyservice.api;

import org.jspecify.annotations.NullMarked;
