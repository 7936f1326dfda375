/** The access log: what became of every request, kept so that nothing is lost without a word and no change goes unseen. */
@NullMarked
package io.gerve.accesslog;

import org.jspecify.annotations.NullMarked;
