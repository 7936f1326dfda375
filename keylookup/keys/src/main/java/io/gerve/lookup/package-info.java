/** Asking a source that may be slow, frozen or gone: what an answer is worth, and how it is remembered. */
@NullMarked
package io.gerve.lookup;

import org.jspecify.annotations.NullMarked;
