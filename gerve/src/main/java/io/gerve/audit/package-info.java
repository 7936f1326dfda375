/**
 * Audits: who has access to what and through which grants, now and in the past; issues of keys and routes; the history
 * of changes.
 */
@NullMarked
package io.gerve.audit;

import org.jspecify.annotations.NullMarked;
