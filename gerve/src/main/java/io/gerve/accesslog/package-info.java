/**
 * The access log: one record for every request, written so that no record is lost silently and no later change goes
 * unnoticed.
 */
@NullMarked
package io.gerve.accesslog;

import org.jspecify.annotations.NullMarked;
