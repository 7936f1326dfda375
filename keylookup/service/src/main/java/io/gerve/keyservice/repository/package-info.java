/** Repositories as the people see them who manage their deploy keys. */
@NullMarked
package io.gerve.keyservice.repository;

import org.jspecify.annotations.NullMarked;
