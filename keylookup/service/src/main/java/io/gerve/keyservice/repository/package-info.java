/** Repositories, and which accounts can manage their deploy keys. */
@NullMarked
package io.gerve.keyservice.repository;

import org.jspecify.annotations.NullMarked;
