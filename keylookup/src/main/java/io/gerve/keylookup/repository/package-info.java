/** Repositories as those see them who manage their deploy keys. */
@NullMarked
package io.gerve.keylookup.repository;

import org.jspecify.annotations.NullMarked;
